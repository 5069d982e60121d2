/**
 * The journal: one notebook as an append-only file of JSON lines, `journal.jsonl`, beside its `assets/`.
 * Everything that people see of a notebook is a pure function of these events. An event is written by one `write` call
 * before the notebook's method returns; a last line that is cut is no event.
 */
export const JOURNAL_VERSION = 1

/** `at`: milliseconds since the epoch. `seq`: 1, 2, 3… without gaps. */
export type JournalEvent = { seq: number; at: number } & JournalEventBody

export type JournalEventBody =
  | BeginEvent
  | { type: 'cell'; cell: CellId; parent?: CellId; content: CellContent }
  /** replaces what a display, table, progress or plot cell shows */
  | { type: 'update'; cell: CellId; content: CellContent }
  /** adds points to a plot cell */
  | { type: 'points'; cell: CellId; points: PlotPoint[] }
  /** what a code cell printed */
  | { type: 'stream'; cell: CellId; name: 'stdout' | 'stderr'; text: string }
  /** a code cell, details, subreport or question is over */
  | { type: 'end'; cell: CellId; seconds: number; value?: MimeBundle; error?: JournalError; answer?: unknown }
  /** what the parameters are now that somebody has set them, before the test began */
  | { type: 'parameters'; values: Record<string, unknown>; command: string; seed?: number | string }
  | { type: 'meta'; values: Record<string, unknown> }
  | { type: 'checkpoint'; bytes: number; step?: number }
  /** the test goes on from a checkpoint: of an earlier attempt, or of another run */
  | ({ type: 'continue' } & Continued)
  /** the notebook is closed; without it the worker was killed, or is still at work */
  | { type: 'finish'; status: 'passed' | 'failed' | 'cancelled'; seconds: number; errors: JournalError[] }

export interface Continued {
  run: string
  attempt: number
  /** where the experiment said it */
  step?: number
}

export interface BeginEvent {
  type: 'begin'
  version: typeof JOURNAL_VERSION
  /** unique for a notebook within its run */
  id: string
  title: string
  /** test file relative to the project's root, with `/`; the names of suites and test; line of the test */
  file: string
  test: string[]
  line?: number
  project: string
  /** run id: sorts by time */
  run: string
  /** 1 for the first try of the file on a host */
  attempt: number
  parameters?: { values: Record<string, unknown>; specs: Record<string, unknown> }
  provenance: Provenance
}

/** Where a result is from. Everything is optional: what cannot be found out is left out, never guessed. */
export interface Provenance {
  commit?: string
  branch?: string
  /** the web page of the repository, without `.git` */
  repository?: string
  dirty?: boolean
  /** `git diff HEAD` as an asset */
  diff?: AssetRef
  lockfile?: { path: string; sha256: string }
  command?: string
  node?: string
  platform?: string
  cpu?: string
  memoryBytes?: number
  gpu?: { name: string; memoryMiB?: number; driver?: string }[]
  host?: { id: string; type?: string; market?: string; region?: string; usdPerHour?: number }
  seed?: number | string
}

export type CellId = string

/** nbformat's words: `markdown` and `code`; the rest are displays of their own and boxes that hold cells. */
export type CellContent =
  | { kind: 'markdown'; source: string }
  | { kind: 'code'; title?: string; source: string; language: 'typescript' | 'javascript'; location?: SourceLocation }
  | { kind: 'display'; title?: string; data: MimeBundle }
  | { kind: 'image'; image: ImageRef; alt: string; caption?: string }
  | { kind: 'compare'; before: ImageRef; after: ImageRef; alt: string }
  | { kind: 'gallery'; items: { image: ImageRef; alt: string; caption?: string }[] }
  | {
      kind: 'video'
      video: AssetRef
      poster: ImageRef
      fps: number
      frames: number
      width: number
      height: number
      alt: string
    }
  | { kind: 'table'; columns: TableColumn[]; rows: TableValue[][]; caption?: string; statistics: boolean }
  | { kind: 'plot'; spec: PlotSpec }
  | { kind: 'progress'; label?: string; value: number; total: number }
  | { kind: 'file'; name: string; file: AssetRef }
  | { kind: 'details'; title: string }
  | { kind: 'subreport'; title: string; slug: string }
  | {
      kind: 'question'
      title?: string
      fields: Record<string, unknown>
      timeoutMs?: number
      /** it asks for the parameters, and the test begins when it is answered */
      parameters?: true
    }
  | { kind: 'endpoint'; path: string }

export interface SourceLocation {
  file: string
  line: number
  column: number
  endLine: number
}

/** A file of the notebook, relative to the journal's folder: `assets/<sha256>.<ext>`. */
export interface AssetRef {
  path: string
  bytes: number
  mediaType: string
}
/** What was given (`original`) and, where that is large, a copy that fits a page. Width and height are the original's. */
export interface ImageRef extends AssetRef {
  width: number
  height: number
  /** the scaled copy shown in the page; the original is linked */
  scaled?: AssetRef & { width: number; height: number }
}

/** MIME type -> text, JSON value, or asset. As in Jupyter, the richest a reader can show wins. */
export type MimeBundle = Record<string, string | AssetRef | { json: unknown }>

export interface TableColumn {
  name: string
  type: 'number' | 'string' | 'boolean' | 'mixed'
}
export type TableValue = number | string | boolean | null

export interface PlotSpec {
  title?: string
  /** name of the field on the horizontal axis */
  x: string
  /** name of the field, or fields, on the vertical axis */
  y: string | string[]
  scale?: 'linear' | 'log'
  xLabel?: string
  yLabel?: string
}
export type PlotPoint = Record<string, number>

export interface JournalError {
  name: string
  message: string
  /** frames mapped to the sources */
  stack?: string
  cause?: JournalError
}
