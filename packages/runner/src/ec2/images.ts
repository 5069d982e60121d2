import type { Image as DescribedImage } from '@aws-sdk/client-ec2'
import { Ec2Error } from '../errors.ts'
import type { InstanceSpec } from '../options.ts'
import type { Account } from './account.ts'
import { findBaked } from './baked-images.ts'
import type { Clients } from './clients.ts'
import { isNotFound } from './explain-error.ts'
import { readTags } from './tags.ts'

export interface Image {
  id: string
  name: string
  /** of the device that the root volume hangs on: `/dev/sda1` */
  rootDevice: string
  /** GiB the image needs at least */
  size: number
  user: string
}

const PARAMETERS: Record<string, string> = {
  'deep-learning': '/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-24.04/latest/ami-id',
  ubuntu: '/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id',
  'amazon-linux': '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64',
}

/** What an image is called in a spec: by default one with NVIDIA's driver where there is a GPU. */
export function imageNameOf(spec: InstanceSpec, gpus: number): string {
  return spec.image ?? (gpus > 0 ? 'deep-learning' : 'ubuntu')
}

/** What hosts of that image start from: what this owner baked of it last, else the image itself. */
export async function findImage(account: Account, name: string): Promise<Image> {
  const { clients, region } = account
  const base = findBaseImage(clients, name, region)
  base.catch(() => {}) // a baked one stands on its own feet
  const baked = await findBaked(account, name)
  return baked ? toImage(baked, name) : await base
}

/** Finds the image behind a name, a public SSM parameter or an id. */
export async function findBaseImage(clients: Clients, name: string, region: string): Promise<Image> {
  const id = name.startsWith('ami-') ? name : await readParameter(clients, PARAMETERS[name] ?? name, name, region)
  const ec2 = await clients.ec2()
  const { Images } = await ec2.describeImages({ ImageIds: [id] }).catch((error: unknown) => {
    if (isNotFound(error) || /InvalidAMIID/.test(String(error))) throw noImage(name, region, error)
    throw error
  })
  const image = Images?.[0]
  if (!image) throw noImage(name, region)
  if (image.Architecture && image.Architecture !== 'x86_64') {
    throw new Ec2Error('EC2_IMAGE', `The image ${id} is for ${image.Architecture}; hosts are x86_64`, {
      fix: 'Name an x86_64 image in `image`.',
    })
  }
  return toImage(image, name)
}

function toImage(image: DescribedImage, name: string): Image {
  const { ImageId: id = '', Name = id, RootDeviceName: rootDevice = '/dev/sda1', BlockDeviceMappings = [] } = image
  const root = BlockDeviceMappings.find(({ DeviceName }) => DeviceName === rootDevice)
  const user = readTags(image.Tags).user ?? userOf(name, image.Name)
  return { id, name: Name, rootDevice, size: root?.Ebs?.VolumeSize ?? 8, user }
}

async function readParameter(clients: Clients, parameter: string, name: string, region: string): Promise<string> {
  const ssm = await clients.ssm()
  const { Parameter } = await ssm.getParameter({ Name: parameter }).catch((error: unknown) => {
    if (/ParameterNotFound|ValidationException/.test(String(error))) throw noImage(name, region, error)
    throw error
  })
  // Canonical's and Amazon's hold the id itself, some others a JSON text around it.
  const id = /ami-[0-9a-f]+/.exec(Parameter?.Value ?? '')?.[0]
  if (!id) throw noImage(name, region)
  return id
}

function noImage(name: string, region: string, cause?: unknown): Ec2Error {
  return new Ec2Error('EC2_IMAGE', `There is no image \`${name}\` in ${region}`, {
    fix: "Name one of 'deep-learning', 'ubuntu', 'amazon-linux', an AMI of this region (ami-…) or an SSM parameter that holds one.",
    data: { image: name, region },
    cause,
  })
}

function userOf(name: string, described: string | undefined): string {
  return /amazon-linux|al2023|amzn2/i.test(`${name} ${described ?? ''}`) ? 'ec2-user' : 'ubuntu'
}
