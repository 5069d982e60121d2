import type { DocumentCell } from '../journal/document.ts'
import type { AssetRef, CellContent } from '../journal/schema.ts'
import { wordsOf } from './facts.ts'

/** What was answered to one field of a question. */
export interface Answer {
  /** as the form had it */
  label: string
  words: string
  /** a picture that was uploaded, or painted as a mask */
  picture?: AssetRef
}

/** The answers to a question, in the order of its fields; of parameters, which stand at the head of the page, those that were changed. */
export function answersOf(
  cell: Pick<DocumentCell, 'end'>,
  { fields, parameters }: Pick<CellContent & { kind: 'question' }, 'fields' | 'parameters'>,
): Answer[] {
  const answer = cell.end?.answer
  if (typeof answer !== 'object' || answer === null) return []
  const isShown = ([name, value]: [string, unknown]) =>
    !parameters || wordsOf(defaultOf(fields[name])) !== wordsOf(value)
  return Object.entries(answer)
    .filter(isShown)
    .map(([name, value]) => {
      const picture = pictureOf(value)
      return { label: labelOf(fields[name]) ?? name, words: wordsOf(value), ...(picture && { picture }) }
    })
}

function labelOf(field: unknown): string | undefined {
  const named = typeof field === 'object' && field !== null && 'label' in field
  return named && typeof field.label === 'string' ? field.label : undefined
}

function defaultOf(field: unknown): unknown {
  return typeof field === 'object' && field !== null && 'default' in field ? field.default : undefined
}

function pictureOf(value: unknown): AssetRef | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { path, bytes, mediaType } = value as Partial<AssetRef>
  if (typeof path !== 'string' || typeof bytes !== 'number' || typeof mediaType !== 'string') return undefined
  return mediaType.startsWith('image/') ? { path, bytes, mediaType } : undefined
}
