import type { BeginEvent, CellContent, CellId, Continued, JournalError, MimeBundle, PlotPoint } from './schema.ts'

/** A notebook as it stands after some of its events: what every renderer and the live page read. */
export interface NotebookDocument {
  begin: BeginEvent
  startedAt: number
  /** time of the last event */
  lastAt: number
  lastSeq: number
  status: NotebookStatus
  seconds: number
  errors: JournalError[]
  meta: Record<string, unknown>
  /** what it goes on from, unless it began at the beginning */
  continued?: Continued
  /** in the order of the calls */
  cells: DocumentCell[]
}

/** `killed`: the journal has no end and its writer is gone; only the reader can know that the writer is gone. */
export type NotebookStatus = 'running' | 'passed' | 'failed' | 'cancelled' | 'killed'

export interface DocumentCell {
  id: CellId
  content: CellContent
  startedAt: number
  /** cells of a box, or displayed from within a code cell */
  children: DocumentCell[]
  /** what a code cell printed, neighbours of one stream joined */
  streams: { name: 'stdout' | 'stderr'; text: string }[]
  /** points of a plot */
  points: PlotPoint[]
  /** set when a code cell, box or question is over */
  end?: { seconds: number; value?: MimeBundle; error?: JournalError; answer?: unknown }
}
