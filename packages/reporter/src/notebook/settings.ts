import type {} from 'vitest'
import type { BeginEvent, Provenance } from '../journal/schema.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** folders that hosts mirror here while they grow */
    outputs?: string[]
    /** what a pool that runs tests on other machines says of them, kept current while the run goes on */
    hosts?: { id: string; description: string; market?: string; seconds: number; usd?: number }[]
    /** files that a pool brought here from an earlier run, which had lost its machine; absolute */
    brought?: string[]
    notebook?: NotebookSettings
  }
}

/** What the reporter tells the workers of a project; without it notebooks are silent. Plain data: it crosses processes. */
export interface NotebookSettings {
  run: string
  /** absolute: where the notebooks of this project go */
  folder: string
  /** of this project within it: set where several projects run the same file */
  subfolder?: string
  /** absolute: source locations are relative to it, as links to the repository need it */
  sourceRoot: string
  project: string
  /** parameters given from outside, as text */
  given: Record<string, string>
  /** it is the only file of the run: what is given is for its tests */
  isAlone?: boolean
  /** pictures given from outside, by parameter: their file may not be where the worker is */
  pictures: Record<string, { name: string; data: Uint8Array }>
  /** taken out of everything that is written */
  redact: (string | { source: string; flags: string })[]
  /** somebody can answer questions */
  interactive: boolean
  /** whoever watches sets the parameters before a test begins, and has so many milliseconds for it */
  askMs?: number
  /** answers of an earlier run, in order, by test file and names joined with ` > ` */
  answers: Record<string, Record<string, unknown>[]>
  /** parameters that somebody set before the tests of an earlier run began, by the same names */
  parameters: Record<string, Record<string, unknown>>
  /** how Vitest was called: its arguments but `run` and files, and the project's root as seen from where that was, with `/` */
  rerun: { args: string[]; root: string }
  /** notebooks of earlier runs that tests may go on from, the newest first, by `notebookKey` */
  earlier: Record<string, EarlierNotebook[]>
  provenance: Provenance
  /** `git diff HEAD` */
  diff?: string
}

/** A notebook of an earlier run. */
export interface EarlierNotebook {
  run: string
  attempt: number
  /** absolute, on the machine of the reporter */
  folder: string
  /** of the parameters, as its journal has them */
  values: Record<string, unknown>
  isPassed: boolean
  hasCheckpoint: boolean
  /** the checkpoint, where the worker may not find it in the folder */
  data?: Uint8Array
}

/** Names a test among all projects, the same in every run. */
export function notebookKey({ project, file, test }: Pick<BeginEvent, 'project' | 'file' | 'test'>): string {
  return [project, file, ...test].join(' > ')
}

export function answersKey(file: string, test: readonly string[]): string {
  return [file, ...test].join(' > ')
}
