import type { Instance } from '@aws-sdk/client-ec2'
import type { Account } from './account.ts'
import { openLaunches, type Journal } from './journal.ts'
import { describeUnattended, readUnattended } from './lost-client.ts'
import { isDead } from './owner.ts'
import { readTags, TAG } from './tags.ts'
import { terminate } from './terminate.ts'

/** Long enough for any launch of a process that died to show. */
const SETTLED_MS = 10 * 60_000
const CLIENT_IS_DEAD = 'the process that launched it is dead'

/** Instances of everybody who uses this package, in this account and region. */
export async function listInstances(account: Account): Promise<Instance[]> {
  const ec2 = await account.clients.ec2()
  const { paginateDescribeInstances } = await import('@aws-sdk/client-ec2')
  const instances: Instance[] = []
  const pages = paginateDescribeInstances(
    { client: ec2 },
    {
      Filters: [
        { Name: 'tag-key', Values: [TAG.owner] },
        { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
      ],
    },
  )
  for await (const { Reservations = [] } of pages)
    instances.push(...Reservations.flatMap((found) => found.Instances ?? []))
  return instances
}

/** Why an instance may be ended by anybody, or by this machine; nothing when it may not. */
export function leftoverReason(instance: Instance, machine: string, now: number = Date.now()): string | undefined {
  const tags = readTags(instance.Tags)
  const expiresAt = Date.parse(tags.expiresAt ?? '')
  if (expiresAt < now) return `it was to end at ${tags.expiresAt}`
  // Neither a warm host nor a detached run needs the process that launched it.
  if (tags.machine !== machine || tags.state === 'warm' || tags.state === 'detached') return undefined
  return tags.process && isDead(tags.process) ? CLIENT_IS_DEAD : undefined
}

export interface Leftovers {
  /** to be ended */
  left: { id: string; reason: string }[]
  /** sentences about hosts that work on without the process that launched them, and end by themselves */
  unattended: string[]
}

/** What of these instances is left over, as far as this machine may say so. */
export async function findLeftovers(account: Account, instances: readonly Instance[]): Promise<Leftovers> {
  const found: Leftovers = { left: [], unattended: [] }
  for (const instance of instances) {
    const reason = leftoverReason(instance, account.owner.machine)
    if (reason === undefined) continue
    const record = reason === CLIENT_IS_DEAD ? await readUnattended(account, instance) : undefined
    if (record) found.unattended.push(describeUnattended(record))
    else found.left.push({ id: instance.InstanceId ?? '', reason })
  }
  return found
}

/**
 * Ends what is past its time, and what dead processes of this machine left: never anything else. Closes the journal of
 * what ended by itself. Returns the ids of what it ended.
 */
export async function sweep(account: Account, journal: Journal): Promise<string[]> {
  const instances = await listInstances(account)
  const { left: leftover, unattended } = await findLeftovers(account, instances)
  for (const sentence of unattended) account.notice(sentence)
  if (leftover.length > 0) {
    await terminate(
      account,
      leftover.map(({ id }) => id),
    )
    for (const { id, reason } of leftover) account.notice(`Ended ${id}, left by an earlier run: ${reason}`)
  }
  closeJournal(account, journal, instances, new Map(leftover.map(({ id, reason }) => [id, reason])))
  return leftover.map(({ id }) => id)
}

function closeJournal(
  account: Account,
  journal: Journal,
  alive: readonly Instance[],
  ended: Map<string, string>,
): void {
  const entries = journal.read()
  const byToken = new Map(alive.map((instance) => [readTags(instance.Tags).token, instance.InstanceId ?? '']))
  for (const { token, at, process: owner, machine, ...launch } of openLaunches(entries)) {
    const isOurs =
      launch.account === account.id && launch.region === account.region && machine === account.owner.machine
    if (!isOurs || owner === account.owner.process || !isDead(owner)) continue
    const found = byToken.get(token)
    if (found && !ended.has(found)) continue // warm
    const launched = entries.find((entry) => entry.token === token && entry.event === 'launched')
    if (!found && !launched && Date.now() - at < SETTLED_MS) continue // it may still show
    const { instance = found ?? '', usdPerHour, at: launchedAt = at } = launched?.event === 'launched' ? launched : {}
    const reason = ended.get(instance)
    const endedAt = reason === undefined ? Math.min(Date.now(), launch.expiresAt) : Date.now()
    const seconds = (endedAt - launchedAt) / 1000
    journal.write({
      event: 'ended',
      token,
      instance,
      reason: reason ?? 'it ended by itself',
      seconds,
      usd: usdPerHour === undefined ? undefined : (usdPerHour * seconds) / 3600,
      isLost: true,
      ...(reason === undefined && { isBound: true }),
    })
  }
}
