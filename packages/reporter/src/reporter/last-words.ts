import { spawn } from 'node:child_process'
import { extname, join } from 'node:path'
import type { ResolvedReporterOptions } from './options.ts'
import type { Recorder } from './recorder.ts'

/**
 * When the process ends before its run does (Vitest leaves at once at SIGINT and SIGTERM), another one renders what the
 * notebooks had.
 *
 * @returns takes it back
 */
export function onEarlyExit(
  recorder: Recorder,
  { formats, singleFile }: Pick<ResolvedReporterOptions, 'formats' | 'singleFile'>,
): () => void {
  const leave = () => {
    if (recorder.isEmpty || recorder.record.status !== 'running') return
    recorder.record.status = 'cancelled'
    recorder.record.endedAt = Date.now()
    try {
      recorder.writeNow()
      const main = join(import.meta.dirname, '../cli', `main${extname(import.meta.filename)}`)
      const args = [
        'render',
        recorder.folder,
        `--formats=${formats.join(',')}`,
        ...(singleFile ? ['--single-file'] : []),
      ]
      const renderer = spawn(process.execPath, [main, ...args], { detached: true, stdio: 'ignore' })
      renderer.unref()
    } catch {
      // The journals are there: `vitest-notebook render` makes the reports.
    }
  }
  process.once('exit', leave)
  return () => void process.off('exit', leave)
}
