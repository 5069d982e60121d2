import { spawn } from 'node:child_process'
import { extname, join } from 'node:path'
import type { ResolvedReporterOptions } from './options.ts'
import type { Recorder } from './recorder.ts'

/** What {@link file://./left-behind.ts} is told. */
export interface LeftBehind {
  /** of the run, absolute */
  folder: string
  options: Pick<ResolvedReporterOptions, 'formats' | 'singleFile' | 'archive' | 'ci' | 'mail' | 'webhook'>
}

/**
 * When the process ends before its run does (Vitest leaves at once at SIGINT and SIGTERM), another one makes the reports of what
 * the notebooks had, and sends them where they go.
 *
 * @returns takes it back
 */
export function onEarlyExit(recorder: Recorder, given: LeftBehind['options']): () => void {
  const { formats, singleFile, archive, ci, mail, webhook } = given
  const leave = () => {
    if (recorder.isEmpty || recorder.record.status !== 'running') return
    recorder.record.status = 'cancelled'
    recorder.record.endedAt = Date.now()
    try {
      recorder.writeNow()
      const program = join(import.meta.dirname, `left-behind${extname(import.meta.filename)}`)
      const left: LeftBehind = {
        folder: recorder.folder,
        options: { formats, singleFile, archive, ci, mail, webhook },
      }
      // By a variable, which others on this machine cannot read: the address of a webhook may be a secret.
      const env = { ...process.env, VITEST_NOTEBOOK_LEFT: JSON.stringify(left) }
      spawn(process.execPath, [program], { detached: true, stdio: 'ignore', env }).unref()
    } catch {
      // The journals are there: `vitest-notebook render` makes the reports.
    }
  }
  process.once('exit', leave)
  return () => void process.off('exit', leave)
}
