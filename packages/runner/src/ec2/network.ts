import type { Subnet } from '@aws-sdk/client-ec2'
import { Ec2Error } from '../errors.ts'
import type { Ec2Settings } from './account.ts'
import type { Clients } from './clients.ts'
import { findConnectEndpoint, requireConnectEndpoint } from './connect-endpoint.ts'
import { isDenied } from './explain-error.ts'

export interface Network {
  vpc: string
  subnets: { id: string; zone: string }[]
  /** through which its instances are reached; nothing when they are reached straight */
  endpoint?: string
}

type Wanted = Pick<Ec2Settings['network'], 'vpc' | 'subnets' | 'connect'>

/**
 * The subnets that instances go to: those named, else of the VPC named or the default one those with public addresses, or
 * without where nothing needs one. And how their instances are reached.
 * @throws Ec2Error `EC2_NETWORK`
 */
export async function findNetwork(clients: Clients, wanted: Wanted, region: string): Promise<Network> {
  const ec2 = await clients.ec2()
  const { Subnets = [] } = await ec2.describeSubnets(
    wanted.subnets.length > 0
      ? { SubnetIds: [...wanted.subnets] }
      : {
          Filters: [
            wanted.vpc ? { Name: 'vpc-id', Values: [wanted.vpc] } : { Name: 'default-for-az', Values: ['true'] },
          ],
        },
  )
  const chosen = choose(Subnets, wanted)
  const subnets = chosen.flatMap(({ SubnetId, AvailabilityZone }) =>
    SubnetId && AvailabilityZone ? [{ id: SubnetId, zone: AvailabilityZone }] : [],
  )
  const vpc = Subnets[0]?.VpcId
  if (!vpc) throw noNetwork(wanted.vpc, region)
  const endpoint = await findEndpoint(clients, vpc, chosen, wanted)
  return {
    vpc,
    subnets: subnets.toSorted((a, b) => (a.zone < b.zone ? -1 : 1)),
    ...(endpoint !== undefined && { endpoint }),
  }
}

function choose(subnets: readonly Subnet[], { subnets: named, connect }: Wanted): readonly Subnet[] {
  if (named.length > 0 || connect === 'private') return subnets
  const fitting = subnets.filter(({ MapPublicIpOnLaunch = false }) => MapPublicIpOnLaunch !== (connect === 'endpoint'))
  return fitting.length > 0 ? fitting : subnets
}

async function findEndpoint(
  clients: Clients,
  vpc: string,
  subnets: readonly Subnet[],
  { connect }: Wanted,
): Promise<string | undefined> {
  if (connect === 'endpoint') return (await requireConnectEndpoint(clients, vpc, subnets[0]?.SubnetId)).id
  if (connect !== 'auto' || subnets.some(({ MapPublicIpOnLaunch }) => MapPublicIpOnLaunch)) return undefined
  try {
    return (await findConnectEndpoint(clients, vpc))?.id
  } catch (error) {
    if (isDenied(error)) return undefined // straight then: the caller may be inside the VPC
    throw error
  }
}

/** The zones of a region that have a type, by type. */
export async function findOfferings(clients: Clients, types: readonly string[]): Promise<Record<string, string[]>> {
  const ec2 = await clients.ec2()
  const { InstanceTypeOfferings = [] } = await ec2.describeInstanceTypeOfferings({
    LocationType: 'availability-zone',
    Filters: [{ Name: 'instance-type', Values: [...types] }],
  })
  const zones: Record<string, string[]> = Object.fromEntries(types.map((type) => [type, []]))
  for (const { InstanceType, Location } of InstanceTypeOfferings) {
    if (InstanceType && Location) zones[InstanceType]?.push(Location)
  }
  return zones
}

/** What all types of the built-in table are. */
export const X86_64 = 'x86_64'

export interface TypeSize {
  vcpus: number
  gpus: number
  /** as EC2 calls it: `x86_64`, `arm64` */
  arch: string
}

/** What types are that are not in the built-in table. */
export async function findSizes(clients: Clients, types: readonly string[]): Promise<Record<string, TypeSize>> {
  if (types.length === 0) return {}
  const ec2 = await clients.ec2()
  const { InstanceTypes = [] } = await ec2.describeInstanceTypes({ InstanceTypes: types as never })
  return Object.fromEntries(
    InstanceTypes.map(({ InstanceType, VCpuInfo, GpuInfo, ProcessorInfo }) => [
      InstanceType,
      {
        vcpus: VCpuInfo?.DefaultVCpus ?? 0,
        gpus: (GpuInfo?.Gpus ?? []).reduce((sum, { Count = 0 }) => sum + Count, 0),
        arch: archOf(ProcessorInfo?.SupportedArchitectures ?? []),
      },
    ]),
  )
}

/** Some run 32 bits as well. */
function archOf([first, ...more]: readonly string[]): string {
  return first === undefined || more.includes(X86_64) ? X86_64 : first
}

function noNetwork(vpc: string | undefined, region: string): Ec2Error {
  return vpc
    ? new Ec2Error('EC2_NETWORK', `The VPC ${vpc} has no subnet in ${region}`, {
        fix: 'Name subnets in `network.subnets`.',
      })
    : new Ec2Error('EC2_NETWORK', `There is no default VPC in ${region}`, {
        fix: 'Name one in `network.vpc`, or make it: `aws ec2 create-default-vpc`.',
      })
}
