import type { NotebookStatus } from '../journal/document.ts'

export const RUN_FILE = 'run.json'
export const RUN_VERSION = 1

/** What is known of a run: `reports/<run>/run.json`, kept current while the run goes on. */
export interface RunRecord {
  version: typeof RUN_VERSION
  /** sorts by time: `2026-11-24T14-30-05Z-k3x9` */
  run: string
  /** `killed`: the file says `running`, and its process is gone */
  status: NotebookStatus
  /** milliseconds since the epoch */
  startedAt: number
  endedAt?: number
  /** what a person types to have it again; secrets taken out */
  command: string
  commit?: string
  branch?: string
  /** the web page of the repository */
  repository?: string
  dirty?: boolean
  /** who keeps this file current */
  process?: { pid: number; hostname: string }
  hosts?: HostCost[]
  notebooks: NotebookEntry[]
  /** sentences about reports that could not be made or sent */
  problems?: string[]
}

/** A host of the run and what it has cost until now. */
export interface HostCost {
  id: string
  description: string
  market?: string
  seconds: number
  usd?: number
}

/** One notebook of the run. */
export interface NotebookEntry {
  /** its folder, relative to the run's, with `/` */
  path: string
  title: string
  /** test file relative to the project's root */
  file: string
  /** names of the suites and the test */
  test: string[]
  project: string
  attempt: number
  status: NotebookStatus
  seconds: number
  cells: number
  images: number
  /** a picture, relative to the run's folder */
  thumbnail?: string
  error?: string
  /** title of the cell that ran when the worker was killed */
  inFlight?: string
  /** title of the question that waits for an answer */
  asks?: string
  /** reports that exist, as format -> file relative to the notebook's folder */
  files?: Record<string, string>
}
