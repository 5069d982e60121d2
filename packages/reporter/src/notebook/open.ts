import { dirname, join } from 'node:path'
import { inject, type TestContext } from 'vitest'
import { writeAsset } from '../journal/assets.ts'
import { JOURNAL_VERSION, type BeginEvent } from '../journal/schema.ts'
import { announceNotebook } from './artifact.ts'
import { namesOf, recordedParameters, replayedFor, type Parameters } from './begin.ts'
import { chooseContinued } from './continued.ts'
import type { Params } from './fields.ts'
import { findNotebookFolder } from './folder.ts'
import { toJournalError } from './journal-error.ts'
import { shareSession, WrittenNotebook, type Shared } from './notebook.ts'
import { redactedValues, redactText, secretsOf, type Secrets } from './redact.ts'
import { Session } from './session.ts'
import { answersKey, notebookKey, type NotebookSettings } from './settings.ts'
import { askForParameters } from './settle.ts'
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

/** A notebook, and the parameters that its test begins with. */
export interface Opened {
  notebook: Notebook
  values: Parameters['values']
}

/**
 * The notebook of a test that is written with Vitest's own `test`. It ends with the test. Without the reporter it is silent.
 *
 * @throws NotebookError `NOTEBOOK_WRITE` when its folder cannot be written
 */
export async function openNotebook(context: NotebookContext): Promise<Notebook> {
  return (await openWith(context, {}, {})).notebook
}

/** Opens the notebook of a test, and lets somebody set its parameters where the run asks for that. */
export async function openWith(
  context: NotebookContext,
  params: Params,
  values: Parameters['values'],
): Promise<Opened> {
  const { task, signal } = context
  const settings = inject('notebook')
  if (!settings) return { notebook: new SilentNotebook({ signal, baseDir: dirname(task.file.filepath) }), values }
  const secrets = secretsOf(process.env, settings.redact.map(toPattern))
  const set = Object.keys(replayedFor(task, settings)).filter((name) => !(name in settings.given))
  const { session, path } = await openSession(context, settings, secrets, { params, values, set })
  const { begin, folder } = session.options
  task.meta.notebook = { path, attempt: begin.attempt }
  const shared = shareSession(session)
  context.onTestFinished(() => finish(context, shared))
  await announceNotebook(task, { run: settings.run, path })
  const { askMs } = settings
  let [begins, recorded] = [values, begin.parameters?.values ?? {}]
  if (askMs !== undefined && begin.parameters && set.length === 0) {
    const answered = await askForParameters(shared, { params, values, askMs })
    begins = { ...values, ...answered }
    const now = recordedParameters(task, settings, folder, { params, values: begins, set: Object.keys(answered) })
    recorded = now.parameters.values
    session.write({ type: 'parameters', values: recorded, ...now.provenance })
  }
  session.continued = chooseContinued(settings.earlier[notebookKey(begin)] ?? [], redactedValues(recorded, secrets))
  return { notebook: new WrittenNotebook(shared), values: begins }
}

async function openSession(
  { task, signal }: NotebookContext,
  settings: NotebookSettings,
  secrets: Secrets,
  given: Parameters,
): Promise<{ session: Session; path: string }> {
  const file = task.file.name
  const test = namesOf(task)
  const least = Math.max(1, Number(process.env['VITEST_EC2_ATTEMPT'] ?? 1))
  const { folder, attempt, earlier } = findNotebookFolder(
    join(settings.folder, settings.subfolder ?? ''),
    { id: task.id, file, test },
    least,
  )
  const { parameters, provenance } = recordedParameters(task, settings, folder, given)
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
    ...(Object.keys(given.params).length > 0 && { parameters }),
    provenance: {
      ...settings.provenance,
      ...(await workerFacts()),
      ...(settings.diff !== undefined && {
        diff: writeAsset(folder, redactText(settings.diff, secrets), 'diff', 'text/x-diff'),
      }),
      ...provenance,
    },
  }
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
  })
  return { session, path: folder.slice(settings.folder.length + 1).replaceAll('\\', '/') }
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

function toPattern(redact: NotebookSettings['redact'][number]): string | RegExp {
  return typeof redact === 'string' ? redact : new RegExp(redact.source, redact.flags)
}
