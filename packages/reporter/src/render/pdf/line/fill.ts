import type { Fonts } from '../fonts/fonts.ts'
import { LEADING, type Look } from './look.ts'
import { dividePiece, type Piece } from './pieces.ts'

export interface Line {
  pieces: Piece[]
  /** without the blank at its end */
  width: number
  ascent: number
  descent: number
  /** of the line with its leading */
  height: number
}

/** Breaks pieces into lines, first fit. What may not be parted stays together unless it is wider than a line by itself. */
export function fillLines(pieces: readonly Piece[], width: number, fonts: Fonts, base: Look): Line[] {
  const lines: Line[] = []
  let line: Piece[] = []
  let used = 0
  const close = (): void => {
    if (line.length > 0) lines.push(measure(line, fonts, base))
    line = []
    used = 0
  }
  for (const group of groups(pieces)) {
    let parts = [group]
    if (solidWidth(group) > width) {
      const divided = group.flatMap((piece) =>
        piece.inset || piece.width <= width / 3 ? [piece] : dividePiece(piece, width, fonts),
      )
      parts = divided.map((piece) => [piece])
    }
    for (const part of parts) {
      if (line.length > 0 && used + solidWidth(part) > width + 0.01) close()
      line.push(...part)
      used += part.reduce((sum, piece) => sum + piece.width, 0)
      if (part.at(-1)?.forced) close()
    }
  }
  close()
  return lines
}

/**
 * Pieces between which no line may break.
 * @yields them
 */
function* groups(pieces: readonly Piece[]): Generator<Piece[]> {
  let group: Piece[] = []
  for (const piece of pieces) {
    group.push(piece)
    if (!piece.breakAfter) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}

function solidWidth(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + piece.width, 0) - (pieces.at(-1)?.blank ?? 0)
}

function measure(pieces: Piece[], fonts: Fonts, base: Look): Line {
  const { ascent, descent } = fonts.metrics(base.face, base.size)
  const up = Math.max(ascent, ...pieces.map(({ inset }) => (inset ? inset.ascent + 1 : 0)))
  const down = Math.max(descent, ...pieces.map(({ inset }) => (inset ? inset.descent + 1 : 0)))
  return { pieces, width: solidWidth(pieces), ascent: up, descent: down, height: (up + down) * LEADING }
}
