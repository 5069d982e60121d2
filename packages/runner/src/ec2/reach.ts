import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Instance } from '@aws-sdk/client-ec2'
import { Ec2Error } from '../errors.ts'
import type { Account } from './account.ts'
import { makeCommand } from './connect-endpoint.ts'
import { awsCode } from './explain-error.ts'
import { findRoute, transportOf, type Route } from './route.ts'

export interface ReachOptions {
  timeoutMs: number
  signal: AbortSignal
  onState: (state: 'pending' | 'running') => void
}

/** The SDK's own waiter looks every 15 s. */
const POLL_MS = 1000
const STATE_CHECK_MS = 5000
const PROBE_MS = 200
const PROBE_TIMEOUT_MS = 1500
/** An endpoint tries for seconds, and takes few connections at a time. */
const TUNNEL_PROBE_TIMEOUT_MS = 10_000

const PRIVATE = /^(10|192\.168|172\.(1[6-9]|2\d|3[01]))\./

/** Waits until an instance runs and its SSH server greets. Returns the way there. */
export async function reach(account: Account, id: string, options: ReachOptions): Promise<Route> {
  const { signal, timeoutMs, onState } = options
  const deadline = Date.now() + timeoutMs
  let route: Route | undefined
  let lookedAt = 0
  for (;;) {
    signal.throwIfAborted()
    if (Date.now() > deadline) throw silent(account, id, route, timeoutMs)
    if (!route || Date.now() - lookedAt > STATE_CHECK_MS) {
      lookedAt = Date.now()
      const instance = await look(account, id)
      if (instance) assertAlive(id, instance)
      if (instance?.State?.Name === 'running') route ??= await findRoute(account, instance)
      onState(route ? 'running' : 'pending')
    }
    if (route && (await greets(account, route))) return route
    await sleep(route && !route.vpc ? PROBE_MS : POLL_MS, undefined, { signal })
  }
}

/** Whether an SSH server answers there. @throws Ec2Error where no other try would do */
export async function greets(account: Account, route: Route): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), route.vpc ? TUNNEL_PROBE_TIMEOUT_MS : PROBE_TIMEOUT_MS)
  let stream: Duplex | undefined
  try {
    stream = await (transportOf(account, route) ?? (async () => connect({ host: route.address, port: 22 })))()
    stream.once('data', (data: Buffer) => resolve(data.toString('latin1').startsWith('SSH-')))
    stream.on('error', () => resolve(false))
    stream.once('close', () => resolve(false))
    return await promise
  } catch (error) {
    if (error instanceof Ec2Error && error.code === 'EC2_UNREACHABLE') return false
    throw error
  } finally {
    clearTimeout(timer)
    stream?.destroy()
  }
}

async function look(account: Account, id: string): Promise<Instance | undefined> {
  const ec2 = await account.clients.ec2()
  try {
    const { Reservations = [] } = await ec2.describeInstances({ InstanceIds: [id] })
    return Reservations[0]?.Instances?.[0]
  } catch (error) {
    if (awsCode(error) === 'InvalidInstanceID.NotFound') return undefined // not known everywhere yet
    throw error
  }
}

function assertAlive(id: string, { State, StateReason }: Instance): void {
  if (State?.Name === 'pending' || State?.Name === 'running') return
  const reason = StateReason?.Message ? `: ${StateReason.Message}` : ''
  throw new Ec2Error('EC2_HOST_LOST', `${id} is ${State?.Name ?? 'gone'} before it could be reached${reason}`, {
    fix: reasonFix(StateReason?.Code),
    data: { instance: id, state: State?.Name, reason: StateReason?.Code },
  })
}

function reasonFix(code = ''): string {
  if (code.startsWith('Server.Spot'))
    return 'AWS took the spot capacity back. Run again, or choose `market: "on-demand"`.'
  if (code === 'Client.InstanceInitiatedShutdown') {
    return 'It powered itself off, as hosts do that nobody has reached for minutes: is SSH to it blocked?'
  }
  if (code === 'Client.UserInitiatedShutdown') return 'Somebody ended it. Run again.'
  if (/^Client\.(InternalError|.*K[mM][sS])/.test(code)) {
    return 'Its disk could not be opened: where `kmsKey` is set, the caller must be allowed to use that key.'
  }
  return 'Run again; `npx vitest-ec2 ls` shows what is left.'
}

function silent(account: Account, id: string, route: Route | undefined, timeoutMs: number): Ec2Error {
  const { owner, settings } = account
  const seconds = Math.round(timeoutMs / 1000)
  if (!route) {
    return new Ec2Error('EC2_UNREACHABLE', `${id} was not running ${seconds} s after its launch`, {
      fix: 'Run again; AWS may be slow in this zone.',
    })
  }
  const { address, vpc } = route
  const group = `the security group of ${owner.name}`
  const isOutside = settings.network.connect === 'auto' && !vpc && PRIVATE.test(address)
  const fix = vpc
    ? `Check that the endpoint's security group lets it out to port 22, and that ${group}, or \`network.securityGroups\`, let it in.`
    : `Check that the subnet routes to this machine, and that the address of this machine is in ${group} (\`network.allowFrom\` names others).`
  return new Ec2Error(
    'EC2_UNREACHABLE',
    `${id} runs, but SSH at ${address} ${vpc ? `through the endpoint of ${vpc} ` : ''}did not answer within ${seconds} s`,
    {
      fix: isOutside
        ? `That address is private: outside its VPC an endpoint leads there, \`${makeCommand()}\` makes one. ${fix}`
        : fix,
      data: { instance: id, address, ...(vpc && { vpc }) },
    },
  )
}
