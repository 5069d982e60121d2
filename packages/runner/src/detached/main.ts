import { readFile } from 'node:fs/promises'
import { ConsoleWriter } from '../agent/console-writer.ts'
import { FileSaver, saveFiles } from '../agent/file-saver.ts'
import { persist } from '../agent/persist.ts'
import { watchSpotNotice } from '../agent/spot-notice.ts'
import { createClients } from '../ec2/clients.ts'
import { createRunStore } from '../ec2/run-store.ts'
import { describeError } from '../errors.ts'
import type { DetachedInput } from '../wire/protocol.ts'
import { putRecord, type RunRecord } from '../wire/run-record.ts'
import { startVitest } from './child.ts'
import { fetchFiles } from './fetch-files.ts'
import type { DetachedTask } from './task.ts'

/**
 * A detached run on its host, in a view of the workspace: runs Vitest and brings to the bucket what it prints and writes.
 * Its argument is the path of its `DetachedInput`. Whoever started it ends the host when this process ends, whatever the reason.
 */
const SIGN_EVERY_MS = 15_000
const SAVE_EVERY_MS = 60_000
/** How long before the end of the host's life the run is ended (ms), so that what it has is saved; less of a short life. */
const LAST_MS = 2 * 60_000
/** What a timer of Node can count to. */
const MAX_TIMER_MS = 2 ** 31 - 1

const { task, ...view } = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')) as DetachedInput
const { record: begun, bucket, env, after, ...program } = task as DetachedTask
Object.assign(process.env, env)
const clients = createClients({ region: begun.instance.region })
const store = createRunStore({ ...bucket, clients })
let telling: Promise<void> = Promise.resolve()
let record: RunRecord = { ...begun, startedAt: Date.now(), heardAt: Date.now() }

// Its role is new perhaps, and not known everywhere yet.
await persist(() => putRecord(store, record)).catch((error: unknown) => {
  console.error(describeError(error))
  process.exit(1)
})
process.stdout.write('begun\n')

const output = new ConsoleWriter(store, record.id)
if (after !== undefined) await goOnAfter(after).catch((error: unknown) => say(describeError(error)))

const saver = new FileSaver(store, record.id, view)
const save = () => saveFiles(store, record.id, [() => saver.save()])
const vitest = startVitest({ ...program, args: record.args }, (chunk) => output.write(chunk))
const sign = setInterval(() => void tell({ heardAt: Date.now() }).catch(() => {}), SIGN_EVERY_MS)
const saving = setInterval(() => void save().catch(() => {}), SAVE_EVERY_MS) // again a minute later
const lifeMs = record.expiresAt - Date.now()
const lastMinutes = setTimeout(
  () => stop('The host was at the end of its life (`maxAge`, or the budget)'),
  Math.min(lifeMs - Math.min(LAST_MS, lifeMs / 5), MAX_TIMER_MS),
)
const notice = watchSpotNotice((at) => stop(`AWS takes the spot instance back at ${at.toISOString()}`))

const exitCode = await vitest.exited
clearInterval(sign)
clearInterval(saving)
clearTimeout(lastMinutes)
notice.stop()
const problems = [record.problem]
for (const last of [() => output.close(), save]) {
  await persist(last).catch((error: unknown) => problems.push(`Not everything was saved: ${describeError(error)}`))
}
const problem = problems.filter((one) => one !== undefined).join('; ')
const code = problem === '' ? exitCode : exitCode || 1
await persist(() =>
  tell({ state: 'ended', endedAt: Date.now(), heardAt: Date.now(), exitCode: code, ...(problem && { problem }) }),
)
process.exit(0)

/** One after the other, so that the last word stays. */
async function tell(change: Partial<RunRecord>): Promise<void> {
  record = { ...record, ...change }
  const told = telling.then(() => putRecord(store, record))
  telling = told.catch(() => {})
  await told
}

/** What the run before had saved; what the workspace brings is newer, and stays. */
async function goOnAfter(run: string): Promise<void> {
  const { fetched, failed } = await fetchFiles(store, run, view.root)
  await say(`${fetched.length} ${fetched.length === 1 ? 'file' : 'files'} of ${run} brought here`)
  for (const { path, reason } of failed) await say(`${path} of ${run} could not be brought: ${reason}`)
}

async function say(sentence: string): Promise<void> {
  await output.write(Buffer.from(` EC2  ${sentence}\n`))
}

function stop(problem: string): void {
  record = { ...record, problem }
  vitest.stop()
}
