import { plainLines } from './blocks/text.ts'
import { COLORS } from './colors.ts'
import type { PdfContext } from './context.ts'
import { drawLine } from './line/draw.ts'
import { SMALL } from './line/look.ts'
import { PAGE } from './paper.ts'

/** On every page: the title at the head, but for the first, and the run with the page's number at the foot. */
export function drawRunningLines(context: PdfContext): void {
  const { paper, document } = context
  const { begin } = document
  const look = { ...SMALL, size: 7.6, color: COLORS.faint }
  const width = PAGE.width - PAGE.left - PAGE.right
  const { start, count } = paper.doc.bufferedPageRange()
  for (let page = start; page < start + count; page += 1) {
    paper.doc.switchToPage(page)
    const [title] = page === start ? [] : plainLines(begin.title, look, width, context)
    const [run] = plainLines(`${begin.file} · ${begin.run}`, look, width - 90, context)
    const [number] = plainLines(`page ${page - start + 1} of ${count}`, look, 90, context)
    paper.artifact(() => {
      const foot = PAGE.height - 40
      if (title) drawLine(paper, title, PAGE.left, 40, null)
      if (run) drawLine(paper, run, PAGE.left, foot, null)
      if (number) drawLine(paper, number, PAGE.width - PAGE.right - number.width, foot, null)
    }, 'Pagination')
  }
}
