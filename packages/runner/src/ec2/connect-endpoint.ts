import type { Ec2InstanceConnectEndpoint } from '@aws-sdk/client-ec2'
import { Ec2Error } from '../errors.ts'
import type { Clients } from './clients.ts'

/** An EC2 Instance Connect Endpoint: the way from outside to the instances of a VPC that have no public address. */
export interface ConnectEndpoint {
  id: string
  dnsName: string
  /** instances see the caller's address, not the endpoint's */
  preservesClientIp: boolean
  securityGroups: string[]
}

/** The endpoint of a VPC that is ready; nothing where there is none. A VPC has at most one or two of them. */
export async function findConnectEndpoint(clients: Clients, vpc: string): Promise<ConnectEndpoint | undefined> {
  const ready = (await describe(clients, vpc)).find(isReady)
  return ready && (await toConnectEndpoint(clients, ready))
}

/**
 * As `findConnectEndpoint`, where there must be one.
 * @param subnet one of the VPC in which an endpoint could be made
 * @throws Ec2Error `EC2_NETWORK`
 */
export async function requireConnectEndpoint(clients: Clients, vpc: string, subnet?: string): Promise<ConnectEndpoint> {
  const found = await describe(clients, vpc)
  const ready = found.find(isReady)
  if (ready) return await toConnectEndpoint(clients, ready)
  const [other] = found
  if (other) {
    const reason = other.StateMessage ? `: ${other.StateMessage}` : ''
    throw new Ec2Error('EC2_NETWORK', `The endpoint ${other.InstanceConnectEndpointId} is ${other.State}${reason}`, {
      fix: 'Wait until it is `create-complete`, which takes minutes, or make another one.',
      data: { vpc, endpoint: other.InstanceConnectEndpointId, state: other.State },
    })
  }
  throw new Ec2Error('EC2_NETWORK', `${vpc} has no EC2 Instance Connect Endpoint`, {
    fix: `Make one, once per VPC: \`${makeCommand(subnet)}\`, or reach hosts another way: \`network.connect\`.`,
    data: { vpc },
  })
}

/** The command that makes an endpoint. */
export function makeCommand(subnet = 'subnet-…'): string {
  return `aws ec2 create-instance-connect-endpoint --subnet-id ${subnet}`
}

async function describe(clients: Clients, vpc: string): Promise<Ec2InstanceConnectEndpoint[]> {
  const ec2 = await clients.ec2()
  const { InstanceConnectEndpoints = [] } = await ec2.describeInstanceConnectEndpoints({
    Filters: [{ Name: 'vpc-id', Values: [vpc] }],
  })
  return InstanceConnectEndpoints.filter(({ State = '' }) => !State.startsWith('delete'))
}

function isReady({ State }: Ec2InstanceConnectEndpoint): boolean {
  return State === 'create-complete'
}

async function toConnectEndpoint(clients: Clients, found: Ec2InstanceConnectEndpoint): Promise<ConnectEndpoint> {
  const { config } = await clients.ec2()
  const usesFips = await config.useFipsEndpoint()
  return {
    id: found.InstanceConnectEndpointId ?? '',
    dnsName: (usesFips ? found.FipsDnsName : found.DnsName) ?? '',
    preservesClientIp: found.PreserveClientIp ?? false,
    securityGroups: found.SecurityGroupIds ?? [],
  }
}
