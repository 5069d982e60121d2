import { recordArtifact, type RunnerTestCase, type TestArtifact } from 'vitest'

const NOTEBOOK: unique symbol = Symbol('vitest-notebook')

/** What other reporters get of a test with a notebook: `testCase.artifacts()`. */
export interface NotebookArtifact {
  type: 'vitest-notebook:notebook'
  message: string
  /** name of the run: a folder in that of all runs */
  run: string
  /** of the notebook, relative to the run's folder, with `/` */
  path: string
  attachments?: []
}

declare module 'vitest' {
  interface TestArtifactRegistry {
    [NOTEBOOK]: NotebookArtifact
  }
}

/** Tells every reporter of the run that a test has a notebook, and where. The notebook does not depend on it. */
export async function announceNotebook(
  task: RunnerTestCase,
  { run, path }: Pick<NotebookArtifact, 'run' | 'path'>,
): Promise<void> {
  const artifact = { type: 'vitest-notebook:notebook', message: `${run}/${path}`, run, path } satisfies NotebookArtifact
  await recordArtifact(task, artifact as TestArtifact).catch(() => {})
}
