import type { NotebookStatus } from '../journal/document.ts'
import type { NotebookEntry, RunRecord } from '../run/record.ts'

/** A run in the index of all runs: what a reader looks for it by. Ten thousand of them are one page. */
export interface IndexEntry {
  run: string
  status: NotebookStatus
  /** milliseconds since the epoch */
  startedAt: number
  endedAt?: number
  /** when its reporter last said something: a run that is said to be running may have died unheard */
  heardAt: number
  command: string
  commit?: string
  branch?: string
  usd?: number
  notebooks: IndexNotebook[]
}

export interface IndexNotebook
  extends Pick<NotebookEntry, 'title' | 'file' | 'status' | 'images'>, Partial<Pick<NotebookEntry, 'thumbnail'>> {
  /** its page, relative to the run's folder */
  page: string
}

/** @param heardAt milliseconds since the epoch */
export function toIndexEntry(record: RunRecord, heardAt: number): IndexEntry {
  const { run, status, startedAt, endedAt, command, commit, branch, hosts = [], notebooks } = record
  const usd = hosts.reduce((sum, host) => sum + (host.usd ?? 0), 0)
  return {
    run,
    status,
    startedAt,
    ...(endedAt !== undefined && { endedAt }),
    heardAt,
    command,
    ...(commit !== undefined && { commit: commit.slice(0, 12) }),
    ...(branch !== undefined && { branch }),
    ...(usd > 0 && { usd }),
    notebooks: notebooks.map(toIndexNotebook),
  }
}

function toIndexNotebook(notebook: NotebookEntry): IndexNotebook {
  const { title, file, status, images, thumbnail, path, files } = notebook
  return {
    title,
    file,
    status,
    images,
    page: `${path}/${files?.['html'] ?? 'index.html'}`,
    ...(thumbnail !== undefined && { thumbnail }),
  }
}

/** Newest first. A run's name sorts by time. */
export function newestFirst(a: IndexEntry, b: IndexEntry): number {
  return a.run < b.run ? 1 : a.run > b.run ? -1 : 0
}
