import type { Instance } from '@aws-sdk/client-ec2'
import { findUnused, listBaked, monthlyCost, snapshotPrice } from '../ec2/baked-images.ts'
import { openJournal } from '../ec2/journal.ts'
import { listInstances } from '../ec2/sweep.ts'
import { readTags } from '../ec2/tags.ts'
import type { RunRecord } from '../wire/run-record.ts'
import { AWS_EXPLAIN, AWS_FLAGS, type Command } from './command.ts'
import { regionsElsewhere, tellElsewhere } from './elsewhere.ts'
import { findLostRuns } from './lost-runs.ts'
import { toImageRows } from './show-images.ts'
import { showMinutes } from './show-minutes.ts'

export const ls: Command = {
  goesByProject: true,
  flags: { ...AWS_FLAGS, all: { type: 'boolean', short: 'a' }, images: { type: 'boolean' } },
  explain: { ...AWS_EXPLAIN, all: 'those of everybody in the account', images: 'baked images instead' },
  async run({ flags, open, printRows, stateDir }) {
    const account = await open()
    const { name } = account.owner
    if (flags['images'] === true) {
      const [baked, usd] = await Promise.all([listBaked(account), snapshotPrice(account)])
      printRows(toImageRows(baked, usd), `${name} has baked no image in ${account.region}.`)
      return 0
    }
    const [all, images] = await Promise.all([listInstances(account), flags['json'] === true ? [] : listBaked(account)])
    const instances = all.filter(({ Tags }) => flags['all'] === true || readTags(Tags).owner === name)
    const isOurs = ({ owner }: RunRecord) => flags['all'] === true || owner === name
    const lost = (await findLostRuns(account, all)).filter(isOurs)
    printRows(
      [...instances.map(toRow), ...lost.map(toLostRow)],
      `No host ${flags['all'] === true ? '' : `of ${name} `}runs in ${account.region}.`,
    )
    if (images.length > 0) console.error(tellImages(images, await snapshotPrice(account)))
    const elsewhere = tellElsewhere('ls', regionsElsewhere(openJournal(stateDir).read(), account))
    if (elsewhere !== undefined) console.error(elsewhere)
    return 0
  },
}

function tellImages(images: Awaited<ReturnType<typeof listBaked>>, usd: number): string {
  const unused = findUnused(images)
  const count = images.length === 1 ? 'A baked image costs' : `${images.length} baked images cost`
  const stale = unused.length > 0 ? `, ${monthlyCost(unused, usd)} of it for ${unused.length} that no run uses` : ''
  return `${count} at most ${monthlyCost(images, usd)} a month${stale}: npx vitest-ec2 ls --images`
}

export function toRow(instance: Instance): Record<string, string> {
  const {
    InstanceId = '',
    InstanceType = '',
    InstanceLifecycle = 'on-demand',
    Placement,
    State,
    LaunchTime,
    Tags,
  } = instance
  const tags = readTags(Tags)
  const expiresMs = Date.parse(tags.expiresAt ?? '') - Date.now()
  return {
    instance: InstanceId,
    type: InstanceType,
    market: InstanceLifecycle,
    zone: Placement?.AvailabilityZone ?? '',
    state: tags.state === 'warm' || tags.state === 'detached' ? tags.state : (State?.Name ?? ''),
    owner: tags.owner ?? '',
    run: tags.run ?? '',
    age: LaunchTime ? showMinutes(Date.now() - LaunchTime.getTime()) : '',
    ends: Number.isNaN(expiresMs) ? '' : expiresMs < 0 ? 'overdue' : `in ${showMinutes(expiresMs)}`,
  }
}

/** There is no host any more, only what the run had saved. */
function toLostRow({ id, owner, instance, lost }: RunRecord): Record<string, string> {
  return {
    instance: instance.id,
    type: instance.type,
    market: instance.market,
    zone: instance.region,
    state: 'lost',
    owner,
    run: id,
    age: showMinutes(Date.now() - instance.launchedAt),
    ends: `npx vitest-ec2 ${lost ? 'attach' : 'run --after'} ${id}`,
  }
}
