import type { NotebookDocument, NotebookStatus } from '../journal/document.ts'
import { NotebookFold } from '../journal/fold.ts'
import { followJournal } from '../journal/follow.ts'
import type { CellId, JournalEvent } from '../journal/schema.ts'
import { JournalTail } from '../journal/tail.ts'
import { renderCell } from '../render/html/cell.ts'
import { contentsHtml } from '../render/html/contents.ts'
import { createPageContext, type PageContext } from '../render/html/context.ts'
import { factsHtml } from '../render/html/page.ts'
import { isInOutline } from '../render/outline.ts'
import { Bell } from './bell.ts'
import { Pace } from './pace.ts'

/** What changes more of a page than its cells. */
const CHANGES_PAGE: ReadonlySet<string> = new Set(['begin', 'parameters', 'meta', 'finish'])

/** What turns a page that shows the notebook up to one event into a page that shows it up to `seq`. */
export interface NotebookPatch {
  seq: number
  facts: string
  /** whole cells, each to replace the one of that id or to be added at the end of its parent, in this order */
  cells: { id: CellId; parent?: CellId; html: string }[]
  contents?: string
  /** more than cells changed: the page is to be fetched anew */
  page?: true
  /** nothing comes after this */
  end?: true
}

/**
 * Follows one journal and says which cells changed since an event. There is no log of changes: a patch is the present state
 * of what changed, so it can be applied twice, and a reader that was away gets one patch for all it missed.
 */
export class NotebookFeed {
  readonly folder: string
  readonly bell: Bell = new Bell()
  #fold = new NotebookFold()
  #cells = new Map<CellId, { madeAt: number; changedAt: number; parent?: CellId; order: number }>()
  #outlineAt = 0
  #pageAt = 0
  /** what a reader knows that knows everything: the last `seq`, and a little more for each change that no event made */
  #at = 0
  #pace = new Pace()

  constructor(folder: string) {
    this.folder = folder
  }

  /** undefined as long as the journal has no event */
  get document(): NotebookDocument | undefined {
    return this.#fold.document
  }

  /** Reads what is there, then follows what comes, until the notebook ends or the signal comes. */
  async follow(signal: AbortSignal): Promise<void> {
    for await (const event of followJournal(this.folder, { after: this.catchUp(), signal })) this.#apply(event)
  }

  /** @returns the `seq` of the last event */
  catchUp(): number {
    if (this.document) return this.document.lastSeq
    for (const event of new JournalTail(this.folder).read()) this.#apply(event)
    return this.#fold.document?.lastSeq ?? 0
  }

  /** The run knows that the writer is gone, which the journal of a killed worker does not say. */
  settle(status: NotebookStatus): void {
    const { document } = this
    if (!document || status === 'running' || document.status !== 'running') return
    document.status = status
    this.#pageAt = this.#later()
    this.bell.ring()
  }

  /** @param after the `seq` that the reader's page shows; undefined when there is nothing newer */
  async patch(after: number): Promise<NotebookPatch | undefined> {
    const { document } = this
    if (!document) return undefined
    const seq = this.#at
    if (seq === after) return undefined
    const context = createPageContext(document, { form: 'live' })
    const cells: NotebookPatch['cells'] = []
    for (const id of this.#changedSince(after)) {
      const html = await this.#render(id, after, context)
      const parent = this.#cells.get(id)?.parent
      if (html !== undefined) cells.push({ id, ...(parent !== undefined && { parent }), html })
    }
    const contents = this.#outlineAt > after ? await this.#contents(context) : undefined
    return {
      seq,
      facts: String(factsHtml(document)),
      cells,
      ...(contents !== undefined && { contents }),
      // a reader ahead of the journal looks at another notebook's page
      ...((this.#pageAt > after || after > seq) && { page: true }),
      ...(document.status !== 'running' && { end: true }),
    }
  }

  /** @returns undefined when the cell is shown already, takes long to render, and has its turn later */
  async #render(id: CellId, after: number, context: PageContext): Promise<string | undefined> {
    const [cell, known] = [this.#fold.cell(id), this.#cells.get(id)]
    if (!cell || !known) return undefined
    const again = () => {
      known.changedAt = this.#later()
      this.bell.ring()
    }
    const isNew = known.madeAt > after
    return await this.#pace.take(id, isNew, () => renderCell(cell, context), again)
  }

  async #contents({ outline }: PageContext): Promise<string | undefined> {
    const again = () => {
      this.#outlineAt = this.#later()
      this.bell.ring()
    }
    return await this.#pace.take('', false, async () => String(contentsHtml(outline)), again)
  }

  #later(): number {
    return (this.#at += 1e-6)
  }

  #apply(event: JournalEvent): void {
    const cell = this.#fold.apply(event)
    const { seq } = event
    this.#at = Math.max(this.#at, seq)
    if (CHANGES_PAGE.has(event.type)) this.#pageAt = seq
    if (event.type === 'cell') {
      const { parent, content } = event
      const order = this.#cells.size
      this.#cells.set(event.cell, { madeAt: seq, changedAt: seq, order, ...(parent !== undefined && { parent }) })
      if (isInOutline(content)) this.#outlineAt = seq
    } else if (cell) {
      const known = this.#cells.get(cell.id)
      if (known) known.changedAt = seq
    }
    this.bell.ring()
  }

  /** The cells to send, parents before children, none of which lies in another. */
  #changedSince(after: number): CellId[] {
    const changed = new Set<CellId>()
    for (const [id, { changedAt }] of this.#cells) if (changedAt > after) changed.add(this.#whole(id))
    return [...changed]
      .filter((id) => !this.#ancestors(id).some((ancestor) => changed.has(ancestor)))
      .toSorted((a, b) => this.#order(a) - this.#order(b))
  }

  /** What a code cell displays has no place of its own in a page: the code cell is sent. */
  #whole(id: CellId): CellId {
    const parents = this.#ancestors(id)
    return parents.findLast((parent) => this.#fold.cell(parent)?.content.kind === 'code') ?? id
  }

  /** the nearest first */
  #ancestors(id: CellId): CellId[] {
    const found: CellId[] = []
    for (let at = this.#cells.get(id)?.parent; at !== undefined; at = this.#cells.get(at)?.parent) found.push(at)
    return found
  }

  #order(id: CellId): number {
    return this.#cells.get(id)?.order ?? 0
  }
}
