import type { Instance } from '@aws-sdk/client-ec2'
import { listInstances } from '../ec2/sweep.ts'
import { readTags } from '../ec2/tags.ts'
import { AWS_EXPLAIN, AWS_FLAGS, type Command } from './command.ts'
import { showMinutes } from './show-minutes.ts'

export const ls: Command = {
  flags: { ...AWS_FLAGS, all: { type: 'boolean', short: 'a' } },
  explain: { ...AWS_EXPLAIN, all: 'those of everybody in the account' },
  async run({ flags, open, printRows }) {
    const account = await open()
    const instances = (await listInstances(account)).filter(
      ({ Tags }) => flags['all'] === true || readTags(Tags).owner === account.owner.name,
    )
    printRows(
      instances.map(toRow),
      `No host ${flags['all'] === true ? '' : `of ${account.owner.name} `}runs in ${account.region}.`,
    )
    return 0
  },
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
