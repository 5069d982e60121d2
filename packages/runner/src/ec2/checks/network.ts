import type { Account } from '../account.ts'
import { isDenied } from '../explain-error.ts'
import { chooseTypes } from '../instance-types.ts'
import { findNetwork, findOfferings, type Network } from '../network.ts'
import type { Check, Found } from './check.ts'

/** Where hosts go, whether the zones have the types, and whether anything leads there. */
export const checkNetwork: Check = async (account, { spec }) => {
  const names = chooseTypes(spec).map(({ name }) => name)
  const [network, offerings] = await Promise.all([
    findNetwork(account.clients, account.settings.network, account.region),
    findOfferings(account.clients, names),
  ])
  const { vpc, subnets, endpoint } = network
  const { open, routed } = await lookAt(account, network)
  const zones = new Set(subnets.map(({ zone }) => zone)).size
  const lines = names.map(
    (name) => `${name} in ${subnets.filter(({ zone }) => offerings[name]?.includes(zone)).length}`,
  )
  const way = endpoint
    ? `; reached through ${endpoint}`
    : `; ${open} of ${subnets.length} subnets give public addresses`
  const detail = `${vpc}, subnets in ${zones} zones: ${lines.join(', ')}${way}`
  if (lines.every((line) => line.endsWith(' 0'))) {
    return { status: 'failure', detail, fix: 'Choose other types, subnets in other zones, or another region.' }
  }
  return endpoint ? detail : (explainWay(account, { open, routed }) ?? detail)

  function explainWay({ settings }: Account, { open, routed }: Ways): Found | undefined {
    const { connect } = settings.network
    if (connect === 'private') return undefined
    if (connect === 'auto' && open === 0) {
      return {
        status: 'warning',
        detail,
        fix: 'Hosts get no public address, so they are reached from inside the VPC only: name other subnets, or make an endpoint: `aws ec2 create-instance-connect-endpoint`.',
      }
    }
    if (routed !== 0) return undefined
    return {
      status: 'failure',
      detail: `${detail}; no subnet has a route to an internet gateway`,
      fix: 'Nothing would reach a host: add the route `0.0.0.0/0` to an internet gateway, or name other subnets in `network.subnets`.',
    }
  }
}

interface Ways {
  /** subnets that give public addresses */
  open: number
  /** subnets with a way out; nothing where the caller may not look */
  routed: number | undefined
}

async function lookAt({ clients }: Account, { vpc, subnets }: Network): Promise<Ways> {
  const ec2 = await clients.ec2()
  const ids = subnets.map(({ id }) => id)
  const [{ Subnets = [] }, tables] = await Promise.all([
    ec2.describeSubnets({ SubnetIds: ids }),
    ec2.describeRouteTables({ Filters: [{ Name: 'vpc-id', Values: [vpc] }] }).catch((error: unknown) => {
      if (isDenied(error)) return undefined
      throw error
    }),
  ])
  const open = Subnets.filter(({ MapPublicIpOnLaunch }) => MapPublicIpOnLaunch).length
  if (!tables) return { open, routed: undefined }
  const { RouteTables = [] } = tables
  const main = RouteTables.find(({ Associations = [] }) => Associations.some(({ Main }) => Main))
  const routed = ids.filter((id) => {
    const own = RouteTables.find(({ Associations = [] }) => Associations.some(({ SubnetId }) => SubnetId === id))
    return ((own ?? main)?.Routes ?? []).some(
      ({ DestinationCidrBlock, GatewayId }) => DestinationCidrBlock === '0.0.0.0/0' && GatewayId?.startsWith('igw-'),
    )
  })
  return { open, routed: routed.length }
}
