import type { NotebookDocument } from '../../journal/document.ts'
import type { Outline, OutlineEntry } from '../outline.ts'
import type { Flow } from './flow/flow.ts'
import type { Formulas } from './media/formulas.ts'
import type { Pictures } from './media/pictures.ts'
import type { Paper, Tag } from './paper.ts'

/** What every block needs to lay itself out. */
export interface PdfContext {
  document: NotebookDocument
  outline: Outline
  paper: Paper
  flow: Flow
  pictures: Pictures
  formulas: Formulas
  /** where the entries of the outline came to lie: page from 0 */
  pages: Map<OutlineEntry, number>
}

/** The column that a block fills, and the element that it belongs to. */
export interface Box {
  x: number
  width: number
  tag: Tag
}
