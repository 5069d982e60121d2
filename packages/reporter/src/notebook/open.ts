import { dirname, join } from 'node:path'
import { inject, type TestContext } from 'vitest'
import { writeAsset } from '../journal/assets.ts'
import { JOURNAL_VERSION, type BeginEvent } from '../journal/schema.ts'
import { chooseContinued } from './continued.ts'
import type { Params } from './fields.ts'
import { findNotebookFolder } from './folder.ts'
import { toJournalError } from './journal-error.ts'
import { shareSession, WrittenNotebook, type Shared } from './notebook.ts'
import { recordParameters } from './parameters.ts'
import { redactedValues, redactText, secretsOf, type Secrets } from './redact.ts'
import { rerunCommand } from './rerun.ts'
import { Session } from './session.ts'
import { answersKey, notebookKey, type NotebookSettings } from './settings.ts'
import { SilentNotebook } from './silent.ts'
import type { Notebook } from './types.ts'
import { workerFacts } from './worker-facts.ts'

declare module 'vitest' {
  interface TaskMeta {
    /** what `params` of the test's options says */
    params?: Params
    /** the notebook of the test's last attempt: its folder, relative to the run's */
    notebook?: { path: string; attempt: number }
  }
}

/** As much of a test's context as a notebook needs. */
export type NotebookContext = Pick<TestContext, 'task' | 'signal' | 'onTestFinished'>

/**
 * The notebook of a test that is written with Vitest's own `test`. It ends with the test. Without the reporter it is silent.
 *
 * @throws NotebookError `NOTEBOOK_WRITE` when its folder cannot be written
 */
export async function openNotebook(context: NotebookContext): Promise<Notebook> {
  return await openWith(context, {}, {})
}

/** @param values of the parameters, as the test gets them */
export async function openWith(
  context: NotebookContext,
  params: Params,
  values: Record<string, unknown>,
): Promise<Notebook> {
  const { task, signal } = context
  const settings = inject('notebook')
  if (!settings) return new SilentNotebook({ signal, baseDir: dirname(task.file.filepath) })
  const secrets = secretsOf(process.env, settings.redact.map(toPattern))
  const { session, attempt, path } = await openSession(context, settings, secrets, params, values)
  task.meta.notebook = { path, attempt }
  const shared = shareSession(session)
  context.onTestFinished(() => finish(context, shared))
  return new WrittenNotebook(shared)
}

async function openSession(
  { task, signal }: NotebookContext,
  settings: NotebookSettings,
  secrets: Secrets,
  params: Params,
  values: Record<string, unknown>,
): Promise<{ session: Session; attempt: number; path: string }> {
  const file = task.file.name
  const test = namesOf(task)
  const least = Math.max(1, Number(process.env['VITEST_EC2_ATTEMPT'] ?? 1))
  const { folder, attempt, earlier } = findNotebookFolder(
    join(settings.folder, settings.subfolder ?? ''),
    { id: task.id, file, test },
    least,
  )
  const command = rerunCommand({ file, test, isAlone: isAlone(task), params, values }, settings)
  const seed = values['seed']
  const begin: BeginEvent = {
    type: 'begin',
    version: JOURNAL_VERSION,
    id: task.id,
    title: task.name,
    file,
    test,
    ...(task.location && { line: task.location.line }),
    project: settings.project,
    run: settings.run,
    attempt,
    ...(Object.keys(params).length > 0 && { parameters: recordParameters(params, values, folder) }),
    provenance: {
      ...settings.provenance,
      ...(await workerFacts()),
      ...(settings.diff !== undefined && {
        diff: writeAsset(folder, redactText(settings.diff, secrets), 'diff', 'text/x-diff'),
      }),
      command,
      ...((typeof seed === 'number' || typeof seed === 'string') && { seed }),
    },
  }
  const continued = chooseContinued(
    settings.earlier[notebookKey(begin)] ?? [],
    redactedValues(begin.parameters?.values ?? {}, secrets),
  )
  const session = new Session({
    folder,
    begin,
    secrets,
    signal,
    baseDir: dirname(task.file.filepath),
    sourceRoot: settings.sourceRoot,
    interactive: settings.interactive,
    answers: [...(settings.answers[answersKey(file, test)] ?? [])],
    earlier,
    ...(continued && { continued }),
  })
  return { session, attempt, path: folder.slice(settings.folder.length + 1).replaceAll('\\', '/') }
}

/** Waits for what is under way, writes how it ended, and calls the hooks when the reports are there. */
async function finish({ task, signal }: NotebookContext, { session, checkpoint, completion }: Shared): Promise<void> {
  let failure: unknown
  try {
    await session.settle()
  } catch (error) {
    failure = error
  }
  const errors = (task.result?.errors ?? []).map((error) => toJournalError(error))
  if (failure !== undefined) errors.push(toJournalError(failure))
  // `test.fails` turns the outcome round, after this
  const isFailed = (task.result?.state === 'fail') !== (task.fails ?? false) || failure !== undefined
  const isCancelled = signal.aborted && (signal.reason as Error | undefined)?.name === 'TestRunAbortError'
  const status = isCancelled ? 'cancelled' : isFailed ? 'failed' : 'passed'
  try {
    if (status === 'passed') await checkpoint.discard()
    session.finish(status, status === 'passed' ? [] : errors)
    await completion.run()
  } finally {
    await session.dispose()
  }
  if (failure !== undefined) throw failure
}

/** Suites and test, the outermost first. */
function namesOf(task: NotebookContext['task']): string[] {
  const names = [task.name]
  for (let suite = task.suite; suite; suite = suite.suite) names.unshift(suite.name)
  return names
}

function isAlone({ file }: NotebookContext['task']): boolean {
  const count = (tasks: typeof file.tasks): number =>
    tasks.reduce((sum, task) => sum + (task.type === 'suite' ? count(task.tasks) : 1), 0)
  return count(file.tasks) === 1
}

function toPattern(redact: NotebookSettings['redact'][number]): string | RegExp {
  return typeof redact === 'string' ? redact : new RegExp(redact.source, redact.flags)
}
