import type { DocumentCell, NotebookDocument } from './document.ts'
import type { CellId, JournalEvent } from './schema.ts'

/**
 * The document after these events. Without a `finish` its status is `running`; a reader that knows the writer to be gone
 * makes it `killed`.
 *
 * @throws TypeError when the first event is no `begin`
 */
export function foldEvents(events: Iterable<JournalEvent>): NotebookDocument {
  const fold = new NotebookFold()
  for (const event of events) fold.apply(event)
  if (!fold.document) throw new TypeError('A journal starts with a `begin` event; this one has no event at all')
  return fold.document
}

/** Applies events one by one, as the live page needs it. An event that was applied before is skipped. */
export class NotebookFold {
  #document: NotebookDocument | undefined
  #cells = new Map<CellId, DocumentCell>()

  /** undefined before the first event; changes in place after it */
  get document(): NotebookDocument | undefined {
    return this.#document
  }

  cell(id: CellId): DocumentCell | undefined {
    return this.#cells.get(id)
  }

  /** @returns the cell that the event made or changed */
  apply(event: JournalEvent): DocumentCell | undefined {
    if (!this.#document) {
      if (event.type !== 'begin')
        throw new TypeError(`A journal starts with a \`begin\` event, not with \`${event.type}\``)
      const { seq, at, ...begin } = event
      this.#document = {
        begin,
        startedAt: at,
        lastAt: at,
        lastSeq: seq,
        status: 'running',
        seconds: 0,
        errors: [],
        meta: {},
        cells: [],
      }
      return undefined
    }
    const document = this.#document
    if (event.seq <= document.lastSeq) return undefined
    document.lastSeq = event.seq
    document.lastAt = event.at
    document.seconds = (event.at - document.startedAt) / 1000
    if (event.type === 'continue') {
      const { run, attempt, step } = event
      document.continued = { run, attempt, ...(step !== undefined && { step }) }
    }
    if (event.type === 'parameters') setParameters(document, event)
    if (event.type === 'meta') Object.assign(document.meta, event.values)
    if (event.type === 'finish') {
      document.status = event.status
      document.seconds = event.seconds
      document.errors = event.errors
    }
    return 'cell' in event ? this.#applyToCell(document, event) : undefined
  }

  #applyToCell(document: NotebookDocument, event: JournalEvent & { cell: CellId }): DocumentCell | undefined {
    if (event.type === 'cell') {
      const { content, at } = event
      const cell: DocumentCell = { id: event.cell, content, startedAt: at, children: [], streams: [], points: [] }
      this.#cells.set(cell.id, cell)
      const parent = event.parent === undefined ? undefined : this.#cells.get(event.parent)
      const siblings = parent ? parent.children : document.cells
      siblings.push(cell)
      return cell
    }
    const cell = this.#cells.get(event.cell)
    if (!cell) return undefined
    switch (event.type) {
      case 'update':
        cell.content = event.content
        break
      case 'points':
        cell.points.push(...event.points)
        break
      case 'stream': {
        const last = cell.streams.at(-1)
        if (last?.name === event.name) last.text += event.text
        else cell.streams.push({ name: event.name, text: event.text })
        break
      }
      case 'end': {
        const { seconds, value, error, answer } = event
        cell.end = {
          seconds,
          ...(value !== undefined && { value }),
          ...(error !== undefined && { error }),
          ...(answer !== undefined && { answer }),
        }
      }
    }
    return cell
  }
}

function setParameters({ begin }: NotebookDocument, event: JournalEvent & { type: 'parameters' }): void {
  const { values, command, seed } = event
  begin.parameters = { specs: {}, ...begin.parameters, values }
  const { seed: _, ...provenance } = begin.provenance
  begin.provenance = { ...provenance, command, ...(seed !== undefined && { seed }) }
}
