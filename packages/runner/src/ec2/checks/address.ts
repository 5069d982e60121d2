import { connect } from 'node:net'
import { findNetwork } from '../network.ts'
import { findSources } from '../sources.ts'
import type { Check } from './check.ts'

const GREETING_TIMEOUT_MS = 4000

/** Who may reach SSH. */
export const checkAddress: Check = async (account) => {
  const network = await findNetwork(account.clients, account.settings.network, account.region)
  return `SSH is let in from ${(await findSources(account, network)).join(', ')}`
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
