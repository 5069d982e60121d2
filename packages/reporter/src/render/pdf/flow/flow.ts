import type { Extent, Frame } from './frame.ts'

/** What cannot be divided: a line, a row of a table, a picture with its caption. Its height is known before it is drawn. */
export interface Slice {
  height: number
  /** above it, dropped at the top of a page */
  space?: number
  /** a heading, the first of a paragraph's last two lines, the head of a table */
  keepWithNext?: boolean
  /** empty room at the end of a frame: it never starts a page, but takes what is left */
  filler?: boolean
  draw?(y: number): void
}

/** The pages that a flow fills. */
export interface Sheets {
  top: number
  bottom: number
  next(): void
}

interface OpenFrame {
  frame: Frame
  started: boolean
  closed: boolean
  /** slices in it that are not on a page yet */
  waiting: number
}
interface Held {
  slice: Slice
  frames: readonly OpenFrame[]
}
interface Placed {
  y: number
  draw(y: number): void
}

/**
 * Puts slices on pages, with the frames around them. A group that holds together is moved as a whole; a page is drawn when it
 * is full, so that a frame's background lies below its text and knows how far it goes.
 */
export class Flow {
  /** of the page that is filled now, from 0 */
  page = 0
  #sheets: Sheets
  #y: number
  #atTop = true
  #held: Held[] = []
  #frames: OpenFrame[] = []
  #placed: Placed[] = []
  #extents = new Map<OpenFrame, Extent>()

  constructor(sheets: Sheets) {
    this.#sheets = sheets
    this.#y = sheets.top
  }

  get pageHeight(): number {
    return this.#sheets.bottom - this.#sheets.top
  }

  add(slice: Slice): void {
    for (const open of this.#frames) open.waiting++
    this.#held.push({ slice, frames: [...this.#frames] })
    if (!slice.keepWithNext) this.#place()
  }

  /** What is added from now on lies in this frame. */
  open(frame: Frame): void {
    this.#frames.push({ frame, started: false, closed: false, waiting: 0 })
  }

  close(): void {
    const open = this.#frames.pop()
    if (open) open.closed = true
  }

  /** What follows starts a page, unless it does already. */
  breakPage(): void {
    this.#place()
    if (!this.#atTop) this.#nextPage([])
  }

  /** Draws what is still to be drawn. */
  finish(): void {
    this.#place()
    this.#drawPage()
  }

  #place(): void {
    const group = this.#held
    this.#held = []
    const [first] = group
    if (!first) return
    const room = this.pageHeight - repeated(first.frames)
    const height = group.reduce((sum, { slice }, index) => sum + slice.height + (index > 0 ? (slice.space ?? 0) : 0), 0)
    const whole = height <= room // a group that is taller than a page is placed slice by slice
    const above = this.#spaceOf(first.slice)
    if (whole && !first.slice.filler && this.#overflows(above + height)) this.#nextPage(first.frames)
    for (const { slice, frames } of group) {
      if (!whole && !slice.filler && this.#overflows(slice.height + this.#spaceOf(slice))) this.#nextPage(frames)
      this.#put(slice, frames)
    }
  }

  #spaceOf(slice: Slice): number {
    return this.#atTop ? 0 : (slice.space ?? 0)
  }

  #overflows(height: number): boolean {
    return !this.#atTop && this.#y + height > this.#sheets.bottom + 0.01
  }

  #put(slice: Slice, frames: readonly OpenFrame[]): void {
    this.#y += this.#spaceOf(slice)
    const y = this.#y
    const height = slice.filler ? Math.max(0, Math.min(slice.height, this.#sheets.bottom - y)) : slice.height
    if (slice.draw) this.#placed.push({ y, draw: (top) => slice.draw?.(top) })
    this.#y += height
    this.#atTop = false
    for (const open of frames) {
      open.waiting--
      this.#extend(open, y)
    }
  }

  #extend(open: OpenFrame, top: number): void {
    const extent = this.#extents.get(open)
    if (extent) extent.bottom = this.#y
    else this.#extents.set(open, { top, bottom: this.#y, starts: !open.started, ends: false })
    open.started = true
  }

  #nextPage(frames: readonly OpenFrame[]): void {
    this.#drawPage()
    this.#sheets.next()
    this.page++
    this.#y = this.#sheets.top
    this.#atTop = true
    for (const open of frames) {
      const { repeat } = open.frame
      if (!repeat || !open.started) continue
      const y = this.#y
      this.#placed.push({ y, draw: (top) => repeat.draw(top) })
      this.#y += repeat.height
      for (const outer of frames.slice(0, frames.indexOf(open) + 1)) this.#extend(outer, y)
    }
  }

  #drawPage(): void {
    for (const [open, extent] of this.#extents) {
      open.frame.draw?.({ ...extent, ends: open.closed && open.waiting === 0 })
    }
    for (const placed of this.#placed) placed.draw(placed.y)
    this.#placed = []
    this.#extents.clear()
  }
}

function repeated(frames: readonly OpenFrame[]): number {
  return frames.reduce((sum, { frame, started }) => sum + (started ? (frame.repeat?.height ?? 0) : 0), 0)
}
