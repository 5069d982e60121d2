import { AWS_EXPLAIN, AWS_FLAGS, type Command } from './command.ts'
import { openRun } from './open-run.ts'
import { showRun } from './show-run.ts'

export const attach: Command = {
  goesByProject: true,
  operands: '[run | instance]',
  flags: { ...AWS_FLAGS, to: { type: 'string' } },
  explain: { ...AWS_EXPLAIN, to: 'the folder that gets what the run wrote; the workspace around this folder' },
  async run(context) {
    const { store, record } = await openRun(context, context.operands[0])
    return await showRun(context, store, record, async () => {
      const { id, instance } = record
      console.error(` EC2  ${id} goes on without you. End it: npx vitest-ec2 down ${instance.id}`)
      return true
    })
  },
}
