import LineBreaker from 'linebreak'
import type { Fonts, Run } from '../fonts/fonts.ts'
import type { Look } from './look.ts'

/** Something drawn within a line that is no text: a formula. */
export interface Inset {
  width: number
  ascent: number
  descent: number
  /** what it says, for those who do not see it */
  alt: string
  draw(x: number, baseline: number): void
}

/** What a line is made of: a word with the blank after it, or an inset. */
export interface Piece {
  look: Look
  runs: Run[]
  width: number
  /** how much of the width is blank at the end, which a line's end does not count */
  blank: number
  breakAfter: boolean
  /** the line ends here, whatever room there is */
  forced?: boolean
  inset?: Inset
}

export function wordPieces(text: string, look: Look, fonts: Fonts): Piece[] {
  const pieces: Piece[] = []
  const breaker = new LineBreaker(text)
  let start = 0
  for (let next = breaker.nextBreak(); next; next = breaker.nextBreak()) {
    const word = text.slice(start, next.position)
    const solid = word.trimEnd()
    const runs = fonts.runs(word, look.face, look.size)
    const width = widthOf(runs)
    const blank = solid === word ? 0 : width - fonts.width(solid, look.face, look.size)
    const last = next.position >= text.length
    pieces.push({ look, runs, width, blank, breakAfter: !last || blank > 0, forced: next.required && !last })
    start = next.position
  }
  return pieces
}

/** No line begins with the point after a formula: it breaks at the blank that follows. */
export function insetPiece(inset: Inset, look: Look): Piece {
  return { look, runs: [], width: inset.width, blank: 0, breakAfter: false, inset }
}

export function breakPiece(look: Look): Piece {
  return { look, runs: [], width: 0, blank: 0, breakAfter: true, forced: true }
}

/** A piece that is wider than a line, in parts that fit it. */
export function dividePiece(piece: Piece, width: number, fonts: Fonts): Piece[] {
  const { look } = piece
  const parts: Piece[] = []
  let text = ''
  let used = 0
  const push = (): void => {
    if (text === '') return
    const runs = fonts.runs(text, look.face, look.size)
    parts.push({ look, runs, width: widthOf(runs), blank: 0, breakAfter: true })
    text = ''
    used = 0
  }
  for (const grapheme of fonts.graphemes(piece.runs.map((run) => run.text).join(''))) {
    const wide = fonts.width(grapheme, look.face, look.size)
    if (used + wide > width) push()
    text += grapheme
    used += wide
  }
  push()
  const last = parts.at(-1)
  if (last) Object.assign(last, { blank: piece.blank, breakAfter: piece.breakAfter, forced: piece.forced ?? false })
  return parts
}

function widthOf(runs: readonly Run[]): number {
  return runs.reduce((sum, run) => sum + run.width, 0)
}
