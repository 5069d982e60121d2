import { factsOf, parametersOf, type Fact } from '../facts.ts'
import { formatDate, formatSeconds } from '../format.ts'
import { killedWords } from '../in-flight.ts'
import { STATUS_WORDS } from '../status.ts'
import { addCode } from './blocks/code.ts'
import { addGrid } from './blocks/grid.ts'
import { addNote } from './blocks/note.ts'
import { textTable } from './blocks/table-content.ts'
import { addPlain } from './blocks/text.ts'
import { addError } from './cells/error.ts'
import { COLORS } from './colors.ts'
import type { Box, PdfContext } from './context.ts'
import { missingWords } from './fonts/missing.ts'
import { BODY, SMALL } from './line/look.ts'

const STATUS_COLORS: Record<string, string> = { passed: COLORS.good, running: COLORS.wait, cancelled: COLORS.wait }

/** The title with how it ended, and the parameters it ran with. */
export async function addOpening(box: Box, context: PdfContext): Promise<void> {
  const { document } = context
  const { begin, status, seconds, startedAt, errors } = document
  addPlain(begin.file, { ...SMALL, color: COLORS.faint }, box, context, { keepWithNext: true })
  const title = { ...BODY, face: 'sansBold' as const, size: 25 }
  addPlain(begin.title, title, box, context, { type: 'H1', keepWithNext: true, space: 3 })
  const facts = [
    STATUS_WORDS[status],
    formatSeconds(seconds),
    formatDate(startedAt),
    begin.provenance.gpu?.[0]?.name ?? begin.provenance.cpu,
    begin.provenance.host?.type,
  ].filter((fact) => fact !== undefined)
  const color = STATUS_COLORS[status] ?? COLORS.bad
  addPlain(facts.join('  ·  '), { ...SMALL, size: 9, face: 'sansBold', color }, box, context, { space: 6 })
  const killed = killedWords(document)
  if (killed !== undefined) addNote(killed, box, context)
  for (const error of errors) await addError(error, box, context)
  const parameters = parametersOf(document)
  if (parameters.length > 0) addFacts(['parameter', 'value'], parameters, box, context)
}

/** How to have it again, and where it is from. */
export async function addClosing(box: Box, context: PdfContext): Promise<void> {
  const { document } = context
  const { command } = document.begin.provenance
  const look = { ...BODY, face: 'sansBold' as const, size: 11.4 }
  if (command !== undefined) {
    addPlain('Run this again', look, box, context, { space: 22, keepWithNext: true })
    await addCode(command, 'sh', box, context, { space: 5, framed: true })
  }
  addPlain('Where this is from', look, box, context, { space: 14, keepWithNext: true })
  addFacts(['what', 'value'], factsOf(document), box, context)
  for (const sentence of missingWords(context.paper.fonts.missing)) addNote(sentence, box, context)
}

function addFacts(titles: [string, string], facts: readonly Fact[], box: Box, context: PdfContext): void {
  const rows = facts.map(({ label, value }) => [label, value])
  addGrid(textTable(['left', 'left'], [titles, ...rows], context), box, context, { space: 8 })
}
