import { join, posix, relative } from 'node:path'
import type { RunnerTestCase } from 'vitest'
import type { BeginEvent, Provenance } from '../journal/schema.ts'
import type { Params } from './fields.ts'
import { recordParameters } from './parameters.ts'
import { rerunCommand } from './rerun.ts'
import { answersKey, type NotebookSettings } from './settings.ts'

/** The parameters of a test with the values it has. */
export interface Parameters {
  params: Params
  values: Record<string, unknown>
  /** names of those that are neither the default nor given: somebody set them, now or in a run that is replayed */
  set: readonly string[]
}

/** What a notebook says of its parameters: their values, and how to have them again. */
export interface RecordedParameters {
  parameters: NonNullable<BeginEvent['parameters']>
  provenance: { command: string } & Pick<Provenance, 'seed'>
}

/** @param folder of the notebook, absolute */
export function recordedParameters(
  task: RunnerTestCase,
  settings: NotebookSettings,
  folder: string,
  { params, values, set }: Parameters,
): RecordedParameters {
  const parameters = recordParameters(params, values, folder)
  const given = Object.fromEntries(Object.entries(settings.given).filter(([name]) => !set.includes(name)))
  const root = task.file.filepath.slice(0, -task.file.name.length)
  const pictures = set.flatMap((name) => {
    const value = parameters.values[name]
    if (typeof value !== 'object' || value === null || !('path' in value) || typeof value.path !== 'string') return []
    const path = relative(root, join(folder, value.path)).replaceAll('\\', '/')
    return [[name, posix.join(settings.rerun.root, path)]]
  })
  const command = rerunCommand(
    {
      file: task.file.name,
      test: namesOf(task),
      isAlone: isAlone(task),
      params,
      values,
      pictures: Object.fromEntries(pictures) as Record<string, string>,
    },
    { ...settings, given },
  )
  const seed = values['seed']
  return {
    parameters,
    provenance: { command, ...((typeof seed === 'number' || typeof seed === 'string') && { seed }) },
  }
}

/** What an earlier run, whose answers are given again, had instead of the defaults. */
export function replayedFor(task: RunnerTestCase, { parameters }: NotebookSettings): Record<string, unknown> {
  return parameters[answersKey(task.file.name, namesOf(task))] ?? {}
}

/** Suites and test, the outermost first. */
export function namesOf(task: RunnerTestCase): string[] {
  const names = [task.name]
  for (let suite = task.suite; suite; suite = suite.suite) names.unshift(suite.name)
  return names
}

function isAlone({ file }: RunnerTestCase): boolean {
  const count = (tasks: typeof file.tasks): number =>
    tasks.reduce((sum, task) => sum + (task.type === 'suite' ? count(task.tasks) : 1), 0)
  return count(file.tasks) === 1
}
