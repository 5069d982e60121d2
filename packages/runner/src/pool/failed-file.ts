import { relative } from 'node:path'
import {
  generateFileHash,
  type RunnerTask,
  type RunnerTaskResult,
  type RunnerTaskResultPack,
  type RunnerTestFile,
  type TestProject,
} from 'vitest/node'
import { Ec2Error } from '../errors.ts'
import type { Ledger } from './ledger.ts'
import type { FileSpecification } from './messages.ts'
import type { Methods } from './module-graph.ts'

type EventPack = Parameters<Methods['onTaskUpdate']>[1][number]

/** Reports a file that never came to run: it fails with the error, as if its import had thrown. */
export async function reportFailedFile(
  project: TestProject,
  methods: Methods,
  { filepath }: FileSpecification,
  error: unknown,
): Promise<void> {
  const file = createFileTask(project, filepath)
  file.result = { state: 'fail', errors: [toTestError(error)] }
  methods.onQueued(file)
  await methods.onCollected([file])
  await methods.onTaskUpdate([[file.id, file.result, file.meta]], [[file.id, 'suite-failed-early', undefined]])
}

/** Ends a file whose worker is gone: what passed or failed stands, what ran fails, what was to come is skipped. */
export async function reportUnfinishedFile(
  methods: Methods,
  file: RunnerTestFile,
  ledger: Ledger,
  end: { state: 'fail'; error: unknown } | { state: 'skip' },
): Promise<void> {
  const packs: RunnerTaskResultPack[] = []
  const events: EventPack[] = []
  finish(file)
  await methods.onTaskUpdate(packs, events)

  /** Returns true when something in it failed. */
  function finish(task: RunnerTask): boolean {
    const result = ledger.results.get(task.id) ?? task.result
    if ('tasks' in task) {
      const hasFailed = task.tasks.map(finish).includes(true)
      if (isOver(result)) return result?.state === 'fail' || hasFailed
      packs.push([task.id, { ...result, state: hasFailed ? 'fail' : 'pass' }, task.meta])
      events.push([task.id, 'suite-finished', undefined])
      return hasFailed
    }
    if (isOver(result) || task.mode === 'skip' || task.mode === 'todo') return result?.state === 'fail'
    const wasRunning = result?.state === 'run'
    if (wasRunning && end.state === 'fail') {
      packs.push([task.id, { ...result, state: 'fail', errors: [toTestError(end.error)] }, task.meta])
    } else {
      const note = end.state === 'fail' ? toTestError(end.error).message : 'cancelled'
      // Vitest shows the note; its type does not name it.
      const skipped: RunnerTaskResult & { note: string } = { ...result, state: 'skip', note }
      packs.push([task.id, skipped, task.meta])
    }
    if (!wasRunning) events.push([task.id, 'test-prepare', undefined])
    events.push([task.id, 'test-finished', undefined])
    return wasRunning && end.state === 'fail'
  }
}

/** The file as Vitest would make it before it is read. */
export function createFileTask(project: TestProject, filepath: string): RunnerTestFile {
  const name = relative(project.config.root, filepath)
  const { name: projectName } = project.config
  const file = {
    id: generateFileHash(name, projectName),
    name,
    fullName: name,
    fullTestName: '',
    type: 'suite',
    mode: 'queued',
    filepath,
    tasks: [],
    meta: Object.create(null),
    projectName,
    pool: 'ec2',
  } as unknown as RunnerTestFile
  file.file = file
  return file
}

function isOver(result: { state: string } | undefined): boolean {
  return result !== undefined && result.state !== 'run' && result.state !== 'queued'
}

/** Shown by reporters: the code as the name, the fix below the message. */
function toTestError(error: unknown): { name: string; message: string; stack: string } {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) }
  const shownName = error instanceof Ec2Error ? error.code : name
  const shownMessage = error instanceof Ec2Error && error.fix ? `${message}\n  ${error.fix}` : message
  return { name: shownName, message: shownMessage, stack: `${shownName}: ${shownMessage}` }
}
