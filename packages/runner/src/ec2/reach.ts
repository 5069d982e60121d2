import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Instance } from '@aws-sdk/client-ec2'
import { Ec2Error } from '../errors.ts'
import type { Account } from './account.ts'
import { awsCode } from './explain-error.ts'

export interface ReachOptions {
  connect: 'auto' | 'public' | 'private' | 'endpoint'
  timeoutMs: number
  signal: AbortSignal
  onState: (state: 'pending' | 'running') => void
}

/** The SDK's own waiter looks every 15 s. */
const POLL_MS = 1000
const STATE_CHECK_MS = 5000
const PROBE_TIMEOUT_MS = 1500

/** Waits until an instance runs and its SSH server greets. Returns the address. */
export async function reach(account: Account, id: string, options: ReachOptions): Promise<string> {
  const { signal, timeoutMs, onState } = options
  const deadline = Date.now() + timeoutMs
  let address: string | undefined
  let lookedAt = 0
  for (;;) {
    signal.throwIfAborted()
    if (Date.now() > deadline) throw silent(account, id, address, timeoutMs)
    if (!address || Date.now() - lookedAt > STATE_CHECK_MS) {
      lookedAt = Date.now()
      const instance = await look(account, id)
      if (instance) assertAlive(id, instance)
      if (instance?.State?.Name === 'running') address ??= addressOf(id, instance, options.connect)
      onState(address ? 'running' : 'pending')
    }
    if (address && (await greets(address))) return address
    await sleep(address ? 200 : POLL_MS, undefined, { signal })
  }
}

/** Whether an SSH server answers there. */
export async function greets(address: string, port = 22): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ host: address, port })
  socket.setTimeout(PROBE_TIMEOUT_MS, () => resolve(false))
  socket.once('data', (data) => resolve(data.toString('latin1').startsWith('SSH-')))
  socket.once('error', () => resolve(false))
  socket.once('close', () => resolve(false))
  const answer = await promise
  socket.destroy()
  return answer
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

/** The address at which this machine reaches an instance. */
export function addressOf(
  id: string,
  { PublicIpAddress, PrivateIpAddress }: Instance,
  how: ReachOptions['connect'],
): string | undefined {
  if (how === 'endpoint') {
    throw new Ec2Error('EC2_NETWORK', "`network.connect: 'endpoint'` is not there yet", {
      fix: "Use 'public' or 'private'.",
    })
  }
  if (how === 'private') return PrivateIpAddress
  if (how === 'auto') return PublicIpAddress ?? PrivateIpAddress
  if (PublicIpAddress) return PublicIpAddress
  throw new Ec2Error('EC2_NETWORK', `${id} has no public address`, {
    fix: "Name subnets that assign one in `network.subnets`, or `network: { connect: 'private' }` inside the VPC.",
  })
}

function silent({ owner }: Account, id: string, address: string | undefined, timeoutMs: number): Ec2Error {
  const seconds = Math.round(timeoutMs / 1000)
  if (!address) {
    return new Ec2Error('EC2_UNREACHABLE', `${id} was not running ${seconds} s after its launch`, {
      fix: 'Run again; AWS may be slow in this zone.',
    })
  }
  return new Ec2Error('EC2_UNREACHABLE', `${id} runs, but SSH at ${address} did not answer within ${seconds} s`, {
    fix: `Check that the subnet routes to this machine, and that the address of this machine is in the security group of ${owner.name} (\`network.allowFrom\` names others).`,
    data: { instance: id, address },
  })
}
