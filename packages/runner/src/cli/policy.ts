import { leastPolicy } from '../ec2/policy.ts'
import type { Command } from './command.ts'

export const policy: Command = {
  flags: { account: { type: 'string' }, region: { type: 'string' }, minimal: { type: 'boolean' } },
  explain: {
    account: 'bind it to this account; any',
    region: 'bind it to this region; any',
    minimal: 'without what a run can do without: roles, bucket, schedules, quotas',
  },
  async run({ flags, print }) {
    const { account, region, minimal } = flags
    const document = leastPolicy({
      ...(typeof account === 'string' && { account }),
      ...(typeof region === 'string' && { region }),
      minimal: minimal === true,
    })
    print(JSON.stringify(document, null, 2), document)
    return 0
  },
}
