import type { Duplex } from 'node:stream'
import type { Instance } from '@aws-sdk/client-ec2'
import { Ec2Error } from '../errors.ts'
import type { Account } from './account.ts'
import { findConnectEndpoint, requireConnectEndpoint, type ConnectEndpoint } from './connect-endpoint.ts'
import { isDenied } from './explain-error.ts'
import { openTunnel } from './tunnel.ts'

/** How this machine gets to the SSH server of an instance. */
export interface Route {
  address: string
  /** the VPC through whose endpoint it goes; straight to the address otherwise */
  vpc?: string | undefined
}

/** The way that the options say; `undefined` while the instance has no such address. @throws Ec2Error `EC2_NETWORK` */
export async function findRoute(account: Account, instance: Instance): Promise<Route | undefined> {
  const { connect } = account.settings.network
  const { InstanceId: id = '', PublicIpAddress, PrivateIpAddress, VpcId = '' } = instance
  const straight = (address: string | undefined) => (address === undefined ? undefined : { address, vpc: undefined })
  if (connect === 'private') return straight(PrivateIpAddress)
  if (connect === 'endpoint') return PrivateIpAddress ? { address: PrivateIpAddress, vpc: VpcId } : undefined
  if (PublicIpAddress) return straight(PublicIpAddress)
  if (connect === 'public') {
    throw new Ec2Error('EC2_NETWORK', `${id} has no public address`, {
      fix: "Name subnets that assign one in `network.subnets`, or `network: { connect: 'private' }` inside the VPC, `'endpoint'` outside it.",
    })
  }
  const endpoint = PrivateIpAddress && (await findOnce(account, VpcId))
  if (!endpoint) return straight(PrivateIpAddress)
  account.notice(
    `${id} has no public address and is reached through ${endpoint.id}; \`network.connect: 'private'\` goes straight to it from inside the VPC`,
  )
  return { address: PrivateIpAddress, vpc: VpcId }
}

/** What brings the bytes there instead of TCP, if anything does. Called once per connection. */
export function transportOf(account: Account, { address, vpc }: Route): (() => Promise<Duplex>) | undefined {
  if (vpc === undefined) return undefined
  return async () => await openTunnel(account.clients, await endpointOf(account, vpc), address)
}

/** The endpoint of a VPC, asked for once. @throws Ec2Error `EC2_NETWORK` where there is none */
export async function endpointOf(account: Account, vpc: string): Promise<ConnectEndpoint> {
  return (await findOnce(account, vpc)) ?? (await requireConnectEndpoint(account.clients, vpc))
}

async function findOnce(account: Account, vpc: string): Promise<ConnectEndpoint | undefined> {
  return await account.once(`connect endpoint ${vpc}`, async () => {
    try {
      return await findConnectEndpoint(account.clients, vpc)
    } catch (error) {
      if (account.settings.network.connect === 'endpoint' || !isDenied(error)) throw error
      return undefined
    }
  })
}
