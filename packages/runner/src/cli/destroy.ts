import { findOwned, removeOwned } from '../ec2/owned.ts'
import { AWS_EXPLAIN, AWS_FLAGS, YES_EXPLAIN, YES_FLAG, type Command } from './command.ts'
import { toTable } from './table.ts'

export const destroy: Command = {
  goesByProject: true,
  flags: { ...AWS_FLAGS, ...YES_FLAG, bucket: { type: 'string' } },
  explain: { ...AWS_EXPLAIN, ...YES_EXPLAIN, bucket: 'remove this bucket too, with the reports in it' },
  async run({ flags, open, print, confirm }) {
    const account = await open()
    const bucket = typeof flags['bucket'] === 'string' ? flags['bucket'] : undefined
    const owned = await findOwned(account, { bucket })
    const rows = owned.map(({ kind, id }) => ({ what: kind, name: id }))
    const kept = account.read().bucket
    const hint = kept && !bucket ? `\nThe bucket ${kept} stays, with its reports: --bucket ${kept} removes it too.` : ''
    if (owned.length === 0) {
      print(`Nothing of ${account.owner.name} is in ${account.region}.${hint}`, [])
      return 0
    }
    console.error(`${toTable(rows)}${hint}`)
    if (!(await confirm(`Remove these from account ${account.id}, ${account.region}?`))) return 2
    await removeOwned(account, owned, ({ kind, id }) => console.error(`Removed ${kind} ${id}`))
    print(`Removed ${owned.length} ${owned.length === 1 ? 'thing' : 'things'}.`, rows)
    return 0
  },
}
