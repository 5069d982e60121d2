import type { TestProject, Vitest } from 'vitest/node'
import type { HostPhase } from '../fleet/compute-provider.ts'
import { describePhase } from '../fleet/describe-phase.ts'
import { createFileTask } from './failed-file.ts'
import type { Methods } from './module-graph.ts'

export type Phase = HostPhase & { host?: string }

/** Shows what the files that wait are waiting for. */
export interface Progress {
  tell(phase: Phase, files: readonly string[], project: TestProject, methods: Methods): void
  say(line: string): void
}

/** In a terminal beside the file, in its summary line; elsewhere each phase of a host is one line, once. */
export function createProgress(vitest: Vitest, isTerminal: boolean = Boolean(process.stdout.isTTY)): Progress {
  const said = new Set<string>()
  return {
    tell(phase, files, project, methods) {
      const text = describePhase(phase)
      if (isTerminal) {
        for (const filepath of files) void showBeside(filepath, text, project, methods)
        return
      }
      const key = `${phase.host ?? ''} ${phase.phase}`
      if (phase.phase === 'ready' || said.has(key)) return
      said.add(key)
      this.say(phase.host ? `${phase.host}  ${text}` : text)
    },
    // To the error stream: reports in JSON or JUnit may go to the other one.
    say: (line) => vitest.logger.error(` EC2  ${line}`),
  }
}

/** Vitest's summary shows the name of a queued file; until the worker queues it itself, the name says how far it is. */
async function showBeside(filepath: string, text: string, project: TestProject, methods: Methods): Promise<void> {
  const file = createFileTask(project, filepath)
  file.name += `  ${text}`
  await Promise.resolve(methods.onQueued(file)).catch(() => {})
}
