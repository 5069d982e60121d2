import type { Instance } from '@aws-sdk/client-ec2'
import { dropRecord } from '../ec2/host-record.ts'
import { openJournal } from '../ec2/journal.ts'
import { listInstances } from '../ec2/sweep.ts'
import { unschedule } from '../ec2/schedule.ts'
import { readTags } from '../ec2/tags.ts'
import { terminate } from '../ec2/terminate.ts'
import { Ec2Error } from '../errors.ts'
import { AWS_EXPLAIN, AWS_FLAGS, YES_EXPLAIN, YES_FLAG, type Command } from './command.ts'
import { regionsElsewhere, tellElsewhere } from './elsewhere.ts'
import { toRow } from './ls.ts'
import { toTable } from './table.ts'

export const down: Command = {
  goesByProject: true,
  operands: '[instance or run…]',
  flags: { ...AWS_FLAGS, ...YES_FLAG },
  explain: { ...AWS_EXPLAIN, ...YES_EXPLAIN },
  async run({ operands, open, print, confirm, stateDir }) {
    const account = await open()
    const all = await listInstances(account)
    const elsewhere = tellElsewhere('down', regionsElsewhere(openJournal(stateDir).read(), account))
    if (elsewhere !== undefined) console.error(elsewhere)
    const isNamed = (name: string) => (instance: Instance) =>
      instance.InstanceId === name || readTags(instance.Tags).run === name
    const chosen = all.filter((instance) =>
      operands.length > 0
        ? operands.some((name) => isNamed(name)(instance))
        : readTags(instance.Tags).owner === account.owner.name,
    )
    const ids = chosen.flatMap(({ InstanceId }) => InstanceId ?? [])
    const unknown = operands.filter((name) => !chosen.some(isNamed(name)))
    if (unknown.length > 0) {
      throw new Ec2Error('EC2_HOST', `No host ${unknown.join(', ')} runs in ${account.region}`, {
        fix: '`npx vitest-ec2 ls --all` lists them.',
      })
    }
    if (ids.length === 0) {
      print(`No host of ${account.owner.name} runs in ${account.region}.`, [])
      return 0
    }
    console.error(toTable(chosen.map(toRow)))
    if (!(await confirm(`End ${ids.length === 1 ? 'it' : `these ${ids.length}`}?`))) return 2
    await terminate(account, ids)
    for (const id of ids) dropRecord(stateDir, id)
    await Promise.all(ids.map((id) => unschedule(account, id)))
    print(`Ended ${ids.join(', ')}.`, ids)
    return 0
  },
}
