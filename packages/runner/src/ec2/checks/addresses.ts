import { BlockList, isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { askAddress } from '../caller-address.ts'
import { findNetwork } from '../network.ts'
import { findSources } from '../sources.ts'
import type { Check, Found } from './check.ts'

/** So many connections show whether a gateway uses several addresses. */
const ASKS = 3

/** Whether hosts see this machine under an address from which SSH is not let in. Says nothing where all is well. */
export const checkAddresses: Check = async (account) => {
  const { network: wanted } = account.settings
  const network = await findNetwork(account.clients, wanted, account.region)
  if (network.endpoint !== undefined || wanted.connect === 'private') return undefined
  const asked = await Promise.allSettled(Array.from({ length: ASKS }, () => askAddress()))
  const seen = asked.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  const families = new Set(
    Object.values(networkInterfaces()).flatMap((addresses = []) =>
      addresses
        .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
        .map(({ family }) => family),
    ),
  )
  return explainAddresses({
    seen,
    allowed: await findSources(account, network),
    hasOnlyIpv6: !families.has('IPv4') && families.has('IPv6'),
  })
}

export interface Addresses {
  /** ranges of the addresses that the world saw, over IPv4 */
  seen: readonly string[]
  /** ranges from which SSH is let in */
  allowed: readonly string[]
  /** no interface of this machine has an IPv4 address */
  hasOnlyIpv6: boolean
}

export function explainAddresses({ seen: asked, allowed, hasOnlyIpv6 }: Addresses): Found | undefined {
  const seen = [...new Set(asked)].toSorted()
  if (seen.length === 0) return hasOnlyIpv6 ? ONLY_IPV6 : undefined
  const isLetIn = toList(allowed)
  const outside = seen.filter((range) => !isLetIn.check(addressOf(range)))
  if (outside.length === 0) return undefined
  const wider = `network: { allowFrom: [${[...new Set([...allowed, ...outside])].map((range) => `'${range}'`).join(', ')}] }`
  if (seen.length > 1) {
    return {
      status: 'warning',
      detail: `the world sees this machine under ${seen.length} addresses (${seen.join(', ')}), and SSH is not let in from ${outside.join(', ')}`,
      fix: `Its gateway uses several. Name them all: \`${wider}\`, or their range.`,
    }
  }
  const isOtherKind = allowed.every((range) => isIPv6(addressOf(range)))
  return {
    status: 'warning',
    detail: `hosts see this machine under ${seen[0]}, and SSH is let in from ${allowed.join(', ')}${isOtherKind ? ': that is IPv6, and hosts are reached by IPv4' : ''}`,
    fix: `Name it too: \`${wider}\`.`,
  }
}

const ONLY_IPV6: Found = {
  status: 'warning',
  detail: 'this machine has IPv6 addresses only, and hosts are reached by IPv4',
  fix: "Use a network that translates (NAT64), or `network: { connect: 'endpoint' }`, whose address is a name.",
}

function toList(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits = ''] = range.split('/')
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4')
  }
  return list
}

function addressOf(range: string): string {
  return range.split('/')[0] ?? ''
}
