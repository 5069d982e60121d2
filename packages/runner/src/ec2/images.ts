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

/** What a spec asks for. */
export interface WantedImage {
  /** `ubuntu`, `ubuntu-arm64`, a public SSM parameter or an id */
  name: string
  /** as EC2 calls it: `x86_64` */
  arch: string
}

const PARAMETERS: Record<string, string> = {
  'deep-learning': '/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-24.04/latest/ami-id',
  'deep-learning-arm64': '/aws/service/deeplearning/ami/arm64/base-oss-nvidia-driver-gpu-ubuntu-24.04/latest/ami-id',
  ubuntu: '/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id',
  'ubuntu-arm64': '/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id',
  'amazon-linux': '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64',
  'amazon-linux-arm64': '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64',
}

/** By default one with NVIDIA's driver where there is a GPU, and the one of that name for the types' architecture. */
export function wantImage(spec: InstanceSpec, gpus: number, arch: string): WantedImage {
  const name = spec.image ?? (gpus > 0 ? 'deep-learning' : 'ubuntu')
  return { name: Object.hasOwn(PARAMETERS, `${name}-${arch}`) ? `${name}-${arch}` : name, arch }
}

/**
 * What hosts of that image start from: what this owner baked of it last, else the image itself.
 * @throws Ec2Error `EC2_IMAGE`
 */
export async function findImage(account: Account, wanted: WantedImage): Promise<Image> {
  const { clients, region } = account
  const base = findBaseImage(clients, wanted, region)
  base.catch(() => {}) // a baked one stands on its own feet
  const baked = await findBaked(account, wanted.name)
  return baked ? toImage(baked, wanted) : await base
}

/** Finds the image itself. @throws Ec2Error `EC2_IMAGE` */
export async function findBaseImage(clients: Clients, wanted: WantedImage, region: string): Promise<Image> {
  const { name } = wanted
  const id = name.startsWith('ami-') ? name : await readParameter(clients, PARAMETERS[name] ?? name, name, region)
  const ec2 = await clients.ec2()
  const { Images } = await ec2.describeImages({ ImageIds: [id] }).catch((error: unknown) => {
    if (isNotFound(error) || /InvalidAMIID/.test(String(error))) throw noImage(name, region, error)
    throw error
  })
  const image = Images?.[0]
  if (!image) throw noImage(name, region)
  return toImage(image, wanted)
}

function toImage(image: DescribedImage, { name, arch }: WantedImage): Image {
  if (image.Architecture && image.Architecture !== arch) {
    throw new Ec2Error('EC2_IMAGE', `The image ${image.ImageId} is for ${image.Architecture}; the types are ${arch}`, {
      fix: `Name an image for ${arch} in \`image\`, or other types in \`instanceTypes\`.`,
      data: { image: image.ImageId },
    })
  }
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
