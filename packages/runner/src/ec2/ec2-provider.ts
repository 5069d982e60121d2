import { randomBytes } from 'node:crypto'
import type { ComputeProvider, HostDemand, LaunchOptions } from '../fleet/compute-provider.ts'
import { guessAccount, openAccount, type Account, type Ec2Settings } from './account.ts'
import { ensureBucket } from './bucket.ts'
import { createClients, type Clients } from './clients.ts'
import { createEc2Host, type Connect, type Ec2Host, type Ec2HostOptions } from './ec2-host.ts'
import { isGone, isProfileUnknown } from './fleet-errors.ts'
import { configHash, type HostRecord } from './host-record.ts'
import { openJournal, type MirroredWorkspace } from './journal.ts'
import { launchInstance } from './launch-instance.ts'
import { lifetime } from './lifetime.ts'
import { findOwner } from './owner.ts'
import { dearest, toPlan } from './plan.ts'
import { prepare } from './prepare.ts'
import { marketsWithRoom } from './room.ts'
import { findSavePlace } from './save-place.ts'
import { scheduleEnd, unschedule } from './schedule.ts'
import { findLoginKey, makeKeyPair } from './ssh-keys.ts'
import { findStateDir } from './state.ts'
import { createSurveyCache } from './survey-cache.ts'
import { sweep } from './sweep.ts'
import { TAG } from './tags.ts'
import { toUserData } from './user-data.ts'
import { claimWarm } from './warm.ts'

export interface Ec2ProviderOptions {
  settings: Ec2Settings
  run: string
  /** that hosts work for, if the run mirrors one */
  workspace?: MirroredWorkspace
  connect: Connect
  /** tells the user, in a sentence, what was left out or cleaned up */
  notice?: (sentence: string) => void
  /** defaults to the user's state folder */
  stateDir?: string
  /** ms without contact and work after which a host ends itself; defaults to 5 minutes */
  idleMs?: number
  /** hears once of the account, when it is known and what is left over there has been ended; it may tell by `notice` */
  onSwept?: (account: Account) => Promise<void>
  /** launches from the image that was named, and not from what was baked of it; false */
  ignoresBaked?: boolean
}

export interface Ec2Provider extends ComputeProvider {
  launch(demand: HostDemand, options: LaunchOptions): Promise<Ec2Host>
  /** the account that it launches in */
  account(): Promise<Account>
  /** the bucket of this account and region, made on demand; nothing where there is to be none */
  bucket(): Promise<{ name: string; account: string; clients: Clients } | undefined>
}

const IDLE_MS = 5 * 60_000
/** A new instance profile is not known to EC2 for about that many tries. */
const PROFILE_TRIES = 12

/** Launches and ends instances in the user's own account. Nothing is loaded and nobody is asked before it is needed. */
export function createEc2Provider(options: Ec2ProviderOptions): Ec2Provider {
  const { settings, run, workspace, connect, notice = () => {}, idleMs = IDLE_MS, ignoresBaked = false } = options
  const stateDir = options.stateDir ?? findStateDir()
  const owner = findOwner(stateDir)
  const clients = createClients({ region: settings.region, profile: settings.profile })
  const journal = openJournal(stateDir)
  const accountOptions = { clients, owner, settings, stateDir, ignoresBaked, notice }
  const hosts = new Map<string, Ec2Host>()
  const living = new Map<string, HostRecord>()
  const launching = new Set<Promise<unknown>>()
  const background = new Set<Promise<unknown>>()
  const surveys = createSurveyCache(open, () => guessAccount(accountOptions))
  let spentUsd = 0
  let account: Promise<Account> | undefined

  return {
    name: 'ec2',
    plan: async (demand) => toPlan(await surveys.get(demand), demand, (await open()).region),
    async findWarm({ kind, spec }) {
      const record = await claimWarm(await open(), configHash(kind, spec, owner.name, settings.iam.allow), run)
      return record ? [await toHost(record, { reachable: Promise.resolve() })] : []
    },
    async launch(demand, launchOptions) {
      const launched = launch(demand, launchOptions)
      return await keepTrack(launching, launched)
    },
    async close() {
      await Promise.allSettled(launching)
      await Promise.all([...hosts.values()].map((host) => host.terminate('the run is over')))
      await Promise.allSettled(background)
    },
    account: open,
    async bucket() {
      const found = await open()
      const name = await ensureBucket(found)
      return name === undefined ? undefined : { name, account: found.id, clients }
    },
  }

  function open(): Promise<Account> {
    if (!account) {
      account = openAccount(accountOptions)
      account.then(sweepOnce, () => (account = undefined))
    }
    return account
  }

  function sweepOnce(found: Account): void {
    const swept = sweep(found, journal).catch((error: Error) => notice(`No sweep: ${error.message}`))
    inBackground(swept.then(() => options.onSwept?.(found)))
  }

  async function launch(demand: HostDemand, { attempt, signal, onPhase }: LaunchOptions): Promise<Ec2Host> {
    const { kind, spec } = demand
    onPhase({ phase: 'checking' })
    let found = await surveys.get(demand)
    const here = await open()
    const lifeMs = lifetime({
      maxAgeMs: settings.maxAgeMs,
      budget: settings.budget,
      spentUsd: spentUsd + [...living.values()].reduce((sum, record) => sum + costOf(record, record.expiresAt), 0),
      hosts: Math.max(1, demand.maxHosts - living.size),
      usdPerHour: dearest(found),
    })
    const markets = await marketsWithRoom(here, found)
    const hostKey = makeKeyPair()
    const launchId = randomBytes(8).toString('hex')
    const login = findLoginKey(stateDir, owner.name)
    for (let tries = 1, verify = false; ; tries += 1) {
      signal.throwIfAborted()
      onPhase({ phase: 'preparing' })
      const disk = Math.max(found.image.size, spec.disk ?? (found.types[0]?.gpus ? 40 : 0))
      const { template, reachable } = await prepare(here, { network: found.network, image: found.image, disk, verify })
      signal.throwIfAborted()
      onPhase({ phase: 'launching', detail: here.region })
      const startedAt = Date.now()
      const expiresAt = startedAt + lifeMs
      const watchdog = {
        launch: launchId,
        user: found.image.user,
        maxAgeSeconds: Math.ceil(lifeMs / 1000),
        idleSeconds: Math.ceil(idleMs / 1000),
      }
      try {
        const { id, token, ...what } = await launchInstance(here, journal, {
          run,
          kind,
          attempt: `${attempt}.${tries}`,
          template,
          survey: { ...found, markets },
          userData: toUserData({ watchdog, hostKey, publicKey: login.public }),
          isOrdered: spec.instanceTypes !== undefined,
          tags: tagsOf(demand, expiresAt),
          expiresAt: new Date(expiresAt),
        })
        const common = {
          account: here.id,
          region: here.region,
          kind,
          config: configHash(kind, spec, owner.name, settings.iam.allow),
        }
        const host = await toHost(
          {
            ...common,
            ...what,
            id,
            token,
            startedAt,
            expiresAt,
            user: found.image.user,
            hostKeys: [hostKey.public],
            address: '',
            warmUntil: 0,
          },
          { launched: { setup: spec.setup ?? [], image: found.image.id }, reachable },
        )
        if (!signal.aborted) return host
        await host.terminate('nobody waits for it any more')
        throw signal.reason
      } catch (error) {
        if (!isGone(error) || tries > PROFILE_TRIES || (verify && !isProfileUnknown(error))) throw error
        if (verify) await new Promise((resolve) => setTimeout(resolve, 2000))
        else found = await surveys.renew(here, demand)
        verify = true
      }
    }
  }

  function tagsOf({ kind, spec }: HostDemand, expiresAt: number): Record<string, string> {
    return {
      ...settings.tags,
      Name: `vitest-ec2 ${kind}`,
      [TAG.owner]: owner.name,
      [TAG.machine]: owner.machine,
      [TAG.process]: owner.process,
      [TAG.run]: run,
      [TAG.kind]: kind,
      [TAG.config]: configHash(kind, spec, owner.name, settings.iam.allow),
      [TAG.state]: 'working',
      [TAG.expiresAt]: new Date(expiresAt).toISOString(),
    }
  }

  async function toHost(record: HostRecord, state: Pick<Ec2HostOptions, 'launched' | 'reachable'>): Promise<Ec2Host> {
    const { private: privateKey } = findLoginKey(stateDir, owner.name)
    const here = await open()
    const takenAt = Date.now()
    const ended = new AbortController()
    const scheduled = state.launched
      ? scheduleEnd(here, record.id, new Date(record.expiresAt), ended.signal)
      : Promise.resolve()
    inBackground(scheduled)
    const onGone = (how: 'ended' | 'kept') => {
      hosts.delete(record.id)
      living.delete(record.id)
      spentUsd += costOf({ ...record, startedAt: takenAt }, Date.now())
      if (how === 'kept') return
      ended.abort()
      inBackground(scheduled.then(() => unschedule(here, record.id)))
    }
    const host = createEc2Host({
      account: here,
      journal,
      record,
      connect,
      privateKey,
      idleMs,
      findSavePlace: () => findSavePlace(here, { journal, record, run, workspace }),
      onGone,
      ...state,
    })
    hosts.set(record.id, host)
    living.set(record.id, { ...record, startedAt: takenAt })
    return host
  }

  /** Awaited before the provider is closed; what fails there is told where it fails. */
  function inBackground(promise: Promise<unknown>): void {
    void keepTrack(background, promise).catch(() => {})
  }
}

/** US dollars from the launch until then (ms since 1970). */
function costOf({ usdPerHour = 0, startedAt }: HostRecord, until: number): number {
  return (usdPerHour * (until - startedAt)) / 3_600_000
}

async function keepTrack<T>(set: Set<Promise<unknown>>, promise: Promise<T>): Promise<T> {
  const tracked = promise.catch(() => {}).finally(() => set.delete(tracked))
  set.add(tracked)
  return await promise
}
