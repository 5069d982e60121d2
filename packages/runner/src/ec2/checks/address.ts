import { connect } from 'node:net'
import { askAddress, isNamed } from '../caller-address.ts'
import { findNetwork } from '../network.ts'
import { findSources } from '../sources.ts'
import type { Check, Found } from './check.ts'

/** So many connections show whether a gateway uses several addresses. */
const ASKS = 3
const GREETING_TIMEOUT_MS = 4000

/** Who may reach SSH, and whether the world always sees this machine under that address. */
export const checkAddress: Check = async (account) => {
  const { allowFrom } = account.settings.network
  const network = await findNetwork(account.clients, account.settings.network, account.region)
  const sources = await findSources(account, network)
  const detail = `SSH is let in from ${sources.join(', ')}`
  if (network.endpoint !== undefined || isNamed(allowFrom)) return detail
  const seen = await Promise.all(Array.from({ length: ASKS }, () => askAddress()))
  return explainSeveral(seen) ?? detail
}

/** Said where the world does not always see the same. */
export function explainSeveral(asked: readonly string[]): Found | undefined {
  const seen = [...new Set(asked)].toSorted()
  if (seen.length < 2) return undefined
  const list = seen.map((range) => `'${range}'`).join(', ')
  return {
    status: 'warning',
    detail: `the world sees this machine under ${seen.length} addresses (${seen.join(', ')}), and SSH is let in from one`,
    fix: `Its gateway uses several. Name them all: \`network: { allowFrom: [${list}] }\`, or their range.`,
  }
}

/** Whether a firewall here lets SSH out. AWS's own servers first: they are where hosts are. */
export const checkPort22: Check = async (account) => {
  const { connect: way } = account.settings.network
  const { endpoint } = await findNetwork(account.clients, account.settings.network, account.region)
  if (endpoint !== undefined) return 'not needed: hosts are reached by HTTPS, through the endpoint'
  if (way === 'private') return 'not looked at: hosts are reached inside the VPC'
  return await tryPort22([`git-codecommit.${account.region}.amazonaws.com`, 'github.com'])
}

/** @param hosts where an SSH server listens on port 22 */
export async function tryPort22(hosts: readonly string[]): ReturnType<Check> {
  try {
    const host = await Promise.any(hosts.map(greet))
    return `open from here: ${host} answers`
  } catch {
    return {
      status: 'warning',
      detail: `no SSH server outside answers here (${hosts.join(', ')} were tried)`,
      fix: "Does a firewall let port 22 out? `network: { connect: 'endpoint' }` needs no port but 443.",
    }
  }
}

async function greet(host: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const socket = connect({ host, port: 22 })
  socket.setTimeout(GREETING_TIMEOUT_MS, () => socket.destroy(new Error('It does not answer')))
  socket.once('data', (data: Buffer) => {
    if (data.toString('latin1').startsWith('SSH-')) resolve(host)
    socket.destroy()
  })
  socket.on('error', reject)
  socket.once('close', () => reject(new Error('It says nothing')))
  return await promise
}
