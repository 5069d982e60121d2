import { fetchFiles } from '../detached/fetch-files.ts'
import { followRun } from '../detached/follow.ts'
import { noteEnd } from '../ec2/journal.ts'
import { findMirrored, noteCollected } from '../ec2/uncollected-work.ts'
import type { RunStore } from '../ec2/run-store.ts'
import { unschedule } from '../ec2/schedule.ts'
import { listInstances } from '../ec2/sweep.ts'
import { findWorkspaceRoot } from '../sync/workspace-root.ts'
import type { RunRecord } from '../wire/run-record.ts'
import type { Context } from './context.ts'
import { describeEnd } from './describe-end.ts'

/** As shells say it of SIGINT. */
export const INTERRUPTED = 130

/**
 * Shows a run from its beginning to its end, and brings here what it wrote.
 * @param onInterrupt ends it, or leaves it; `false`: nothing was done, and it is watched on
 * @returns the run's exit code
 */
export async function showRun(
  { flags, open, print, stateDir }: Context,
  store: RunStore,
  record: RunRecord,
  onInterrupt: () => Promise<boolean>,
): Promise<number> {
  const account = await open()
  const folder = typeof flags['to'] === 'string' ? flags['to'] : findWorkspaceRoot(process.cwd())
  const abort = new AbortController()
  let failure: unknown
  const interrupt = () =>
    void onInterrupt().then(
      (isOver) => isOver && abort.abort(),
      (error: unknown) => {
        failure = error
        abort.abort()
      },
    )
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  try {
    const { record: last, isLost } = await followRun({
      store,
      record,
      write: (bytes) => void (flags['json'] !== true && process.stdout.write(bytes)),
      isAlive: async () => (await listInstances(account)).some(({ InstanceId }) => InstanceId === record.instance.id),
      signal: abort.signal,
    })
    const mirrored = findMirrored(stateDir, record.id)
    const outputs = mirrored?.root === folder ? mirrored.outputs : [] // what a host says of it is not to be trusted
    const files = await fetchFiles(store, record.id, folder, last.lost && { at: last.lost.at, outputs })
    noteEnd(stateDir, last.instance, last.endedAt ?? last.heardAt)
    if (last.lost && files.failed.length === 0) noteCollected(stateDir, record.id)
    await unschedule(account, last.instance.id)
    print(describeEnd(last, isLost, files, store.url(record.id, '')), { ...last, isLost, files })
    return isLost ? 1 : (last.exitCode ?? 1)
  } catch (error) {
    if (failure !== undefined) throw failure
    if (!abort.signal.aborted) {
      console.error(` EC2  The run does not need to be watched; again: npx vitest-ec2 attach ${record.id}`)
      throw error
    }
    return INTERRUPTED
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
}
