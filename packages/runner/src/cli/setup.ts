import { ensureBucket } from '../ec2/bucket.ts'
import { findOwned } from '../ec2/owned.ts'
import { prepare } from '../ec2/prepare.ts'
import { ensureSchedulerRole } from '../ec2/schedule.ts'
import { survey } from '../ec2/survey.ts'
import { AWS_EXPLAIN, AWS_FLAGS, type Command } from './command.ts'
import { openProjectContext, specOf } from './project-context.ts'

/** Of an owner, but nothing that a run needs to be there. */
const PASSING = new Set(['instance', 'image', 'snapshot'])

export const setup: Command = {
  flags: { ...AWS_FLAGS, kind: { type: 'string' }, gpu: { type: 'string' } },
  explain: {
    ...AWS_EXPLAIN,
    kind: 'the kind of host, by its name in `hosts`; default',
    gpu: 'how many GPUs or which (T4, L4, …) instead, as in `hosts`',
  },
  async run(context) {
    const { open, settings, printRows } = await openProjectContext(context)
    const account = await open()
    const spec = specOf(context.flags, settings)
    const { network, image } = await survey(account, spec)
    const before = new Set((await findOwned(account)).map(({ id }) => id))
    const disk = Math.max(image.size, spec.disk ?? (spec.gpu === 0 ? 0 : 40))
    await prepare(account, { network, image, disk, verify: true })
    const bucket = await ensureBucket(account)
    await ensureSchedulerRole(account).catch((error: Error) => account.notice(`No schedules: ${error.message}`))
    const made = (await findOwned(account)).filter(({ kind }) => !PASSING.has(kind))
    const rows = made.map(({ kind, id }) => ({ what: kind, name: id, now: before.has(id) ? 'was there' : 'made' }))
    printRows([...rows, ...(bucket ? [{ what: 'bucket', name: bucket, now: 'ready' }] : [])], 'Nothing was made.')
    return 0
  },
}
