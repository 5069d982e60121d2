import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ComputeHost, HostPhase } from '../fleet/compute-provider.ts'
import type { Connection, HostAddress } from '../host/connection.ts'
import { Ec2Error } from '../errors.ts'
import type { SetupStep } from '../options-setup.ts'
import type { SavePlace } from '../wire/protocol.ts'
import type { Account } from './account.ts'
import { replaceHostKey } from './host-key.ts'
import { dropRecord, leaveRecord, type HostRecord } from './host-record.ts'
import type { Journal } from './journal.ts'
import { reach } from './reach.ts'
import { transportOf, type Route } from './route.ts'
import { setUp } from './set-up.ts'
import { openStepStore } from './step-store.ts'
import { TAG, toTags } from './tags.ts'
import { terminate } from './terminate.ts'
import { TAKE_COMMAND, TOUCH_COMMAND, WATCHDOG_DIR } from './watchdog.ts'

export type Connect = (address: HostAddress, options: ConnectOptions) => Promise<Connection>

interface ConnectOptions {
  signal: AbortSignal
  /** brings the bytes to the host instead of TCP; called once per connection */
  transport?: (() => Promise<Duplex>) | undefined
}

export interface Ec2HostOptions {
  account: Account
  journal: Journal
  record: HostRecord
  connect: Connect
  privateKey: string
  /** of a host that still answers to the key of its user data: what is done there before anything else, and its image's id */
  launched?: { setup: readonly SetupStep[]; image: string }
  /** resolves when this address may reach SSH */
  reachable: Promise<void>
  idleMs: number
  findSavePlace: () => Promise<SavePlace | undefined>
  /** called once when the host is this process's no more */
  onGone: (how: 'ended' | 'kept') => void
}

const BOOT_TIMEOUT_MS = 5 * 60_000
const METAL_BOOT_TIMEOUT_MS = 20 * 60_000
/** sshd may greet a moment before the login user exists, and restarts when its key changes. */
const LOGIN_TIMEOUT_MS = 45_000
/** The server goes on with the old key until it has read the new one. */
const KEY_TIMEOUT_MS = 10_000
const POWER_OFF_TIMEOUT_MS = 15_000
const WARM_GRACE_MS = 2 * 60_000

/** An instance that runs and is this process's to end. */
export interface Ec2Host extends ComputeHost {
  /** ms since 1970: the end of its life, whatever happens */
  readonly expiresAt: number
  /**
   * Leaves it to work that ends it: no sweep takes it for left behind from then on.
   * @param begin starts the work; when it rejects, the host is this process's still
   */
  detach(begin: () => Promise<void>): Promise<void>
}

export function createEc2Host(options: Ec2HostOptions): Ec2Host {
  const { account, journal, record } = options
  let hasBootstrapKey = options.launched !== undefined
  let connection: Connection | undefined
  let ending: Promise<void> | undefined
  return {
    id: record.id,
    description: `${record.type} ${record.market} ${record.zone}`,
    market: record.market,
    usdPerHour: record.usdPerHour,
    instance: { type: record.type, region: record.region },
    startedAt: record.startedAt,
    expiresAt: record.expiresAt,
    findSavePlace: options.findSavePlace,
    async connect({ signal, onPhase }) {
      Object.assign(record, await reachHost(options, signal, onPhase))
      onPhase({ phase: 'connecting', detail: record.address })
      const isNew = hasBootstrapKey
      if (isNew) {
        const first = await logIn(options, signal)
        record.hostKeys = [await replaceHostKey(first, signal)]
        hasBootstrapKey = false
        await first.close()
      }
      connection = await logIn(options, signal, { isKeyNew: isNew })
      if (isNew && options.launched) {
        const { setup, image } = options.launched
        const store = openStepStore({ account, image, user: record.user })
        // What is launched past the baked images is launched to bake the next.
        await setUp(connection, setup, { signal, onPhase, store, withoutGpu: account.ignoresBaked === true })
      }
      leaveRecord(account.stateDir, { ...record, warmUntil: 0 }) // for `vitest-ec2 ssh`: nobody else knows its key
      return connection
    },
    async terminate(reason) {
      ending ??= end(reason).catch((error: Error) => {
        account.notice(`The end of ${record.id} could not be noted: ${error.message}`)
        options.onGone('ended')
      })
      await ending
    },
    async keepWarm(until) {
      if (ending) return
      const warmUntil = Math.min(until.getTime(), record.expiresAt)
      const seconds = Math.floor(warmUntil / 1000)
      await connection?.exec(
        `echo ${seconds} > ${WATCHDOG_DIR}/keep.new && mv ${WATCHDOG_DIR}/keep.new ${WATCHDOG_DIR}/keep`,
      )
      const ec2 = await account.clients.ec2()
      const expiresAt = new Date(Math.min(warmUntil + WARM_GRACE_MS, record.expiresAt)).toISOString()
      await ec2.createTags({
        Resources: [record.id],
        Tags: toTags({ [TAG.state]: 'warm', [TAG.expiresAt]: expiresAt }),
      })
      leaveRecord(account.stateDir, { ...record, warmUntil })
      ending = Promise.resolve() // it is the next run's now
      options.onGone('kept')
    },
    async detach(begin) {
      const ec2 = await account.clients.ec2()
      await ec2.createTags({ Resources: [record.id], Tags: toTags({ [TAG.state]: 'detached' }) })
      await begin()
      ending = Promise.resolve()
      options.onGone('kept')
    },
  }

  async function end(reason: string): Promise<void> {
    try {
      await terminate(account, [record.id])
    } catch (error) {
      // Expired credentials, no network to AWS: the host can still be told, and its watchdog needs nobody.
      await powerOff().catch(() => {})
      account.notice(`${record.id} could not be terminated by AWS (${(error as Error).message}); it ends by itself`)
    }
    dropRecord(account.stateDir, record.id)
    const seconds = (Date.now() - record.startedAt) / 1000
    const usd = record.usdPerHour === undefined ? undefined : (record.usdPerHour * seconds) / 3600
    journal.write({ event: 'ended', token: record.token, instance: record.id, reason, seconds, usd })
    options.onGone('ended')
  }

  async function powerOff(): Promise<void> {
    const signal = AbortSignal.timeout(POWER_OFF_TIMEOUT_MS)
    // A little later, so that the answer still comes.
    const command = "sudo -n sh -c '(sleep 0.2; systemctl poweroff -ff) >/dev/null 2>&1 &'"
    try {
      if (!connection) return
      await connection.exec(command, { signal })
    } catch {
      const { user, address: host, hostKeys } = record
      const again = await options.connect(
        { host, port: 22, user, privateKey: options.privateKey, hostKeys },
        { signal, transport: transportOf(account, record) },
      )
      await again.exec(command, { signal })
    }
  }
}

async function reachHost(
  { account, record, reachable }: Ec2HostOptions,
  signal: AbortSignal,
  onPhase: (phase: HostPhase) => void,
): Promise<Route> {
  const isMetal = record.type.includes('metal')
  const reached = reach(account, record.id, {
    timeoutMs: isMetal ? METAL_BOOT_TIMEOUT_MS : BOOT_TIMEOUT_MS,
    signal,
    onState: (state) => onPhase({ phase: state === 'pending' ? 'launching' : 'booting', detail: record.zone }),
  })
  const [route] = await Promise.all([reached, reachable])
  return route
}

/** Connects, and makes sure that the clock runs which ends the host when we are gone. */
async function logIn(options: Ec2HostOptions, signal: AbortSignal, { isKeyNew = false } = {}): Promise<Connection> {
  const { account, connect, record, privateKey, idleMs } = options
  const { user, address: host } = record
  const transport = transportOf(account, record)
  const startedAt = Date.now()
  for (;;) {
    try {
      const hostKeys = [...record.hostKeys]
      const connection = await connect({ host, port: 22, user, privateKey, hostKeys }, { signal, transport })
      await stayInTouch(connection, idleMs)
      return connection
    } catch (error) {
      signal.throwIfAborted()
      const code = error instanceof Ec2Error ? error.code : undefined
      const patienceMs =
        code === 'EC2_HOST' ? 0 : code === 'EC2_HOST_KEY' ? (isKeyNew ? KEY_TIMEOUT_MS : 0) : LOGIN_TIMEOUT_MS
      if (Date.now() - startedAt >= patienceMs) throw error
      await sleep(250, undefined, { signal })
    }
  }
}

/** Until the agent does it, somebody must tell the watchdog that the client is there: bringing it over may take minutes. */
async function stayInTouch(connection: Connection, idleMs: number): Promise<void> {
  try {
    await connection.exec(TAKE_COMMAND)
  } catch (cause) {
    await connection.close()
    if (!(cause instanceof Ec2Error) || cause.data['code'] !== 3) throw cause
    throw new Ec2Error('EC2_HOST', `The clock that ends ${connection.name} by itself is not running there`, {
      fix: 'Does the image run cloud-init, and its `bootcmd`? Nothing is run on a host that could be left behind.',
      cause,
    })
  }
  const timer = setInterval(() => void connection.exec(TOUCH_COMMAND).catch(() => {}), Math.max(1000, idleMs / 4))
  timer.unref()
  void connection.closed.then(() => clearInterval(timer))
}
