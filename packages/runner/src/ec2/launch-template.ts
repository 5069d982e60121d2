import { createHash } from 'node:crypto'
import type { RequestLaunchTemplateData } from '@aws-sdk/client-ec2'
import type { Account, Ec2Settings } from './account.ts'
import { awsCode } from './explain-error.ts'
import { lastingTags, tagged } from './tags.ts'

export interface Template {
  id: string
  version: string
}

export interface TemplateContent {
  securityGroups: readonly string[]
  keyPair: string | undefined
  profile: string | undefined
  /** root volume: where it hangs, and GiB */
  disk: { device: string; size: number }
}

/**
 * The launch template of this owner, with a version for this content. It holds what no launch may lack: it ends when it
 * powers off, its metadata ask for a token, its disk is
 * encrypted, and nothing but our security groups lets anyone in.
 */
export async function ensureTemplate(account: Account, content: TemplateContent): Promise<Template> {
  const ec2 = await account.clients.ec2()
  const name = `vitest-ec2-${account.owner.name}`
  const data = toData(content, account.settings)
  const hash = hashOf(data)
  const { LaunchTemplates = [] } = await ec2.describeLaunchTemplates({
    Filters: [{ Name: 'launch-template-name', Values: [name] }],
  })
  const found = LaunchTemplates[0]?.LaunchTemplateId
  const known = account.read().template
  const version = found && known?.id === found ? known.versions[hash] : undefined
  if (found && version) return { id: found, version }
  const made = found
    ? { id: found, version: await addVersion(account, found, data) }
    : await create(account, name, data).catch(async (error: unknown) => {
        if (awsCode(error) !== 'InvalidLaunchTemplateName.AlreadyExistsException') throw error
        const again = await ec2.describeLaunchTemplates({ LaunchTemplateNames: [name] })
        const id = again.LaunchTemplates?.[0]?.LaunchTemplateId ?? ''
        return { id, version: await addVersion(account, id, data) }
      })
  account.update((state) => {
    const versions = state.template?.id === made.id ? state.template.versions : {}
    state.template = { id: made.id, versions: { ...versions, [hash]: made.version } }
  })
  return made
}

/** What is remembered for this content. */
export function recallTemplate(account: Account, content: TemplateContent): Template | undefined {
  const { template } = account.read()
  const version = template?.versions[hashOf(toData(content, account.settings))]
  return template && version ? { id: template.id, version } : undefined
}

function toData(content: TemplateContent, { network, kmsKey }: Ec2Settings): RequestLaunchTemplateData {
  const { securityGroups, keyPair, profile, disk } = content
  const { connect } = network
  const groups = [...securityGroups]
  return {
    InstanceInitiatedShutdownBehavior: 'terminate',
    MetadataOptions: { HttpTokens: 'required', HttpEndpoint: 'enabled', HttpPutResponseHopLimit: 1 },
    BlockDeviceMappings: [
      {
        DeviceName: disk.device,
        Ebs: {
          VolumeType: 'gp3',
          VolumeSize: disk.size,
          Encrypted: true,
          ...(kmsKey && { KmsKeyId: kmsKey }),
          DeleteOnTermination: true,
        },
      },
    ],
    ...(keyPair && { KeyName: keyPair }),
    ...(profile && { IamInstanceProfile: { Name: profile } }),
    // Where the user did not choose, the subnet decides whether there is a public address.
    ...(connect !== 'auto'
      ? {
          NetworkInterfaces: [
            {
              DeviceIndex: 0,
              Groups: groups,
              AssociatePublicIpAddress: connect === 'public',
              DeleteOnTermination: true,
            },
          ],
        }
      : { SecurityGroupIds: groups }),
  }
}

async function create(account: Account, name: string, data: RequestLaunchTemplateData): Promise<Template> {
  const ec2 = await account.clients.ec2()
  const { LaunchTemplate } = await ec2.createLaunchTemplate({
    LaunchTemplateName: name,
    LaunchTemplateData: data,
    TagSpecifications: tagged('launch-template', lastingTags(name, account.owner, account.settings.tags)),
  })
  return { id: LaunchTemplate?.LaunchTemplateId ?? '', version: String(LaunchTemplate?.LatestVersionNumber ?? 1) }
}

async function addVersion(account: Account, id: string, data: RequestLaunchTemplateData): Promise<string> {
  const ec2 = await account.clients.ec2()
  const { LaunchTemplateVersion } = await ec2.createLaunchTemplateVersion({
    LaunchTemplateId: id,
    LaunchTemplateData: data,
  })
  return String(LaunchTemplateVersion?.VersionNumber ?? 1)
}

function hashOf(data: object): string {
  return createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, 16)
}
