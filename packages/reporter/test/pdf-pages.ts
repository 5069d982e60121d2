import { buffer } from 'node:stream/consumers'
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import type { NotebookDocument } from '../src/journal/document.ts'
import { renderPdf } from '../src/render/pdf/document.ts'

type PdfPage = Awaited<ReturnType<Awaited<ReturnType<typeof getDocument>['promise']>['getPage']>>

/** What is read of each page of a notebook's PDF. */
export async function mapPages<T>(
  document: NotebookDocument,
  folder: string,
  read: (page: PdfPage) => Promise<T>,
): Promise<T[]> {
  const bytes = await buffer(renderPdf(document, { folder }))
  const pdf = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise
  const pages: T[] = []
  for (let number = 1; number <= pdf.numPages; number += 1) pages.push(await read(await pdf.getPage(number)))
  return pages
}
