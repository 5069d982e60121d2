import type { DocumentCell, NotebookDocument } from '../journal/document.ts'
import type { AssetRef } from '../journal/schema.ts'

/** What was answered, in the order of the questions. Pictures are as the journal has them. */
export function answersIn(cells: readonly DocumentCell[]): object[] {
  return cells.flatMap(({ content, end, children }) => [
    ...(content.kind === 'question' && !content.parameters && isAnswer(end?.answer) ? [end.answer] : []),
    ...answersIn(children),
  ])
}

/** The parameters that somebody set before the test began; nothing where nobody was asked, or the test never began. */
export function parametersSetIn({ cells }: Pick<NotebookDocument, 'cells'>): object | undefined {
  for (const { content, end } of cells)
    if (content.kind === 'question' && content.parameters && isAnswer(end?.answer)) return end.answer
  return undefined
}

/** An answer as it was given: pictures with their bytes. */
export async function withPictures(
  answer: object,
  read: (picture: Pick<AssetRef, 'path'>) => Promise<Uint8Array>,
): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(answer)) {
    values[name] = isPicture(value) ? { name: value.name, data: new Uint8Array(await read(value)) } : (value as unknown)
  }
  return values
}

function isAnswer(answer: unknown): answer is object {
  return typeof answer === 'object' && answer !== null
}

function isPicture(value: unknown): value is { name: string; path: string; mediaType: string } {
  if (typeof value !== 'object' || value === null) return false
  return 'name' in value && 'path' in value && 'mediaType' in value && typeof value.path === 'string'
}
