import type { DocumentCell, NotebookDocument } from '../journal/document.ts'
import type { CellContent } from '../journal/schema.ts'

/** A sub-report as a notebook of its own; its page lies beside the whole one, so that both link to the same assets. */
export interface Subreport {
  /** relative to the notebook's folder */
  path: string
  document: NotebookDocument
}

/** Every sub-report of a notebook, those within others too. */
export function subreportsOf(document: NotebookDocument): Subreport[] {
  const found: Subreport[] = []
  const visit = (cells: readonly DocumentCell[]): void => {
    for (const cell of cells) {
      const { content } = cell
      if (content.kind === 'subreport')
        found.push({ path: subreportPath(cell, content), document: asNotebook(document, cell, content) })
      visit(cell.children)
    }
  }
  visit(document.cells)
  return found
}

export function subreportPath({ id }: Pick<DocumentCell, 'id'>, { slug }: Pick<Content, 'slug'>): string {
  return `${safe(slug).slice(0, 80)}-${safe(id)}.html`
}

type Content = CellContent & { kind: 'subreport' }

function asNotebook(
  document: NotebookDocument,
  { end, startedAt, children }: DocumentCell,
  { title }: Content,
): NotebookDocument {
  const { parameters: _, ...begin } = document.begin
  return {
    ...document,
    begin: { ...begin, title, test: [...begin.test, title] },
    startedAt,
    seconds: end?.seconds ?? (document.lastAt - startedAt) / 1000,
    status: end ? (end.error ? 'failed' : 'passed') : document.status,
    errors: end?.error ? [end.error] : [],
    meta: {},
    cells: children,
  }
}

function safe(text: string): string {
  return text.replace(/[^\w-]/g, '_')
}
