import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DetachedTask } from './task.ts'

const STOP_GRACE_MS = 20_000
/** How long what a run started may hold its output open when the run itself is over. */
const OUTPUT_GRACE_MS = 2000

export interface VitestChild {
  /** with 128 and the signal's number when it was killed, as a shell says it */
  readonly exited: Promise<number>
  /** Vitest ends its tests and says what came of them; what is still there after a while is killed */
  stop(): void
}

/** Runs `vitest run` in a process group of its own. Both its outputs are one, so that their lines stay in order. */
export function startVitest(
  { vitest, cwd, args }: Pick<DetachedTask, 'vitest' | 'cwd'> & { args: readonly string[] },
  onOutput: (chunk: Uint8Array) => Promise<void>,
): VitestChild {
  const command = [process.execPath, vitest, 'run', ...args]
  const child = spawn('sh', ['-c', 'exec "$@" 2>&1', 'sh', ...command], {
    cwd,
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  })
  const printed = (async () => {
    for await (const chunk of child.stdout) await onOutput(chunk as Buffer)
  })()
  return {
    exited: (async () => {
      const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
      const late = new AbortController()
      await Promise.race([printed, sleep(OUTPUT_GRACE_MS, undefined, { signal: late.signal })])
      late.abort()
      killGroup()
      await printed
      return code ?? 128 + (signal ? constants.signals[signal] : 0)
    })(),
    stop() {
      child.kill('SIGINT')
      setTimeout(killGroup, STOP_GRACE_MS).unref()
    },
  }

  function killGroup(): void {
    try {
      process.kill(-child.pid!, 'SIGKILL')
    } catch {
      // nobody is left
    }
  }
}
