import type { Token } from '../../highlight.ts'
import type { Fonts, Run } from '../fonts/fonts.ts'
import type { Look } from '../line/look.ts'

export interface CodeLine {
  runs: (Run & { role: string | undefined })[]
  /** in points */
  indent: number
  /** the rest of the line above */
  continues: boolean
}

interface Grapheme {
  text: string
  role: string | undefined
  width: number
}

/** One line of code as the lines that fit a width; what goes on is indented a little more than its line. */
export function foldCode(tokens: readonly Token[], width: number, fonts: Fonts, look: Look): CodeLine[] {
  const clean = tokens.map(({ text, role }) => ({ text: text.replaceAll('\t', '  '), role }))
  const whole = toRuns(clean, fonts, look)
  if (whole.reduce((sum, run) => sum + run.width, 0) <= width) return [{ runs: whole, indent: 0, continues: false }]
  const cell = fonts.width('0', look.face, look.size)
  const all = clean.flatMap(({ text, role }) =>
    fonts.graphemes(text).map((one): Grapheme => ({ text: one, role, width: fonts.width(one, look.face, look.size) })),
  )
  const blanks = all.findIndex(({ text }) => text !== ' ')
  const hanging = Math.min(Math.max(blanks, 0) * cell + 2 * cell, width / 3)
  const lines: CodeLine[] = []
  for (let start = 0; start < all.length;) {
    const indent = start === 0 ? 0 : hanging
    const end = cutAfter(all, start, width - indent)
    lines.push({ runs: toRuns(all.slice(start, end), fonts, look), indent, continues: start > 0 })
    start = end
  }
  return lines
}

/** The last blank or mark that fits, unless that wastes half the line. */
function cutAfter(all: readonly Grapheme[], start: number, width: number): number {
  let used = 0
  let best = start
  for (let index = start; index < all.length; index++) {
    used += all[index]!.width
    if (used > width + 0.01) {
      const hard = Math.max(index, start + 1)
      return best - start > (hard - start) / 2 ? best : hard
    }
    if (/[\s,;.(){}[\]/&|+-]/.test(all[index]!.text)) best = index + 1
  }
  return all.length
}

function toRuns(
  tokens: readonly { text: string; role?: string | undefined }[],
  fonts: Fonts,
  look: Look,
): CodeLine['runs'] {
  const joined: { text: string; role: string | undefined }[] = []
  for (const { text, role } of tokens) {
    const last = joined.at(-1)
    if (last && last.role === role) last.text += text
    else joined.push({ text, role })
  }
  return joined.flatMap(({ text, role }) => fonts.runs(text, look.face, look.size).map((run) => ({ ...run, role })))
}
