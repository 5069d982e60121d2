import { join } from 'node:path'
import type { NotebookDocument } from '../journal/document.ts'
import { readJournal, type ReadOptions } from '../journal/read.ts'
import { attachmentsOf } from './attachment.ts'
import { FORMAT_FILES, FORMAT_LABELS, type Format } from './formats.ts'
import { renderHtml, type HtmlOptions } from './html/page.ts'
import { renderIpynb } from './ipynb/document.ts'
import { renderMarkdown } from './markdown/document.ts'
import { subreportsOf } from './subreport.ts'
import { writeWhole } from './write.ts'
import { renderZip } from './zip.ts'

export interface NotebookRenderOptions extends ReadOptions, Pick<HtmlOptions, 'singleFile' | 'budget' | 'up'> {
  formats: readonly Format[]
}

export interface NotebookFiles {
  /** what was written, as format -> file relative to the notebook's folder */
  files: Partial<Record<Format, string>>
  /** sentences about what could not be written; the other formats are there */
  problems: string[]
}

/** A zip holds the other files, so it comes last; the page comes first, since a worker that is told to end has little time. */
const ORDER: readonly Format[] = ['html', 'md', 'ipynb', 'pdf', 'zip']

/**
 * Writes a notebook's reports into its folder, from nothing but its journal and assets. A format that fails is named in
 * `problems` and keeps no other from being written. The same journal gives the same bytes.
 *
 * @param folder with `journal.jsonl` in it
 * @throws NotebookError when there is no readable journal
 */
export async function renderNotebook(
  folder: string,
  { formats, writerGone = false, ...options }: NotebookRenderOptions,
): Promise<NotebookFiles> {
  const document = await readJournal(folder, { writerGone })
  const wanted = ORDER.filter((format) => formats.includes(format))
  const done: NotebookFiles = { files: {}, problems: [] }
  const attempt = async (what: string, write: () => Promise<void>): Promise<boolean> => {
    try {
      await write()
      return true
    } catch (error) {
      done.problems.push(`${what} of “${document.begin.title}” could not be written: ${(error as Error).message}`)
      return false
    }
  }
  const onProblem = (sentence: string): void => {
    if (!done.problems.includes(sentence)) done.problems.push(sentence)
  }
  const work: Work = { document, folder, options, onProblem }
  const make = async (some: readonly Format[]): Promise<void> => {
    for (const format of some) {
      const written = await attempt(FORMAT_LABELS[format], () => write(format, wanted, work))
      if (written) done.files[format] = FORMAT_FILES[format]
    }
  }
  await make(wanted.filter((format) => format === 'html'))
  for (const attachment of attachmentsOf(document)) {
    await attempt(attachment.path, async () => writeWhole(join(folder, attachment.path), [await attachment.read()]))
  }
  await make(wanted.filter((format) => format !== 'html'))
  const missing = wanted.some((format) => format !== 'html' && done.files[format] === undefined)
  if (missing && done.files.html !== undefined) {
    const existing = wanted.filter((format) => done.files[format] !== undefined)
    await attempt(FORMAT_LABELS.html, () => write('html', existing, work))
  }
  return done
}

interface Work {
  document: NotebookDocument
  folder: string
  options: Omit<NotebookRenderOptions, 'formats'>
  onProblem: (sentence: string) => void
}

/** @param linked the formats that the page links to */
async function write(
  format: Format,
  linked: readonly Format[],
  { document, folder, options, onProblem }: Work,
): Promise<void> {
  const others = linked.filter((other) => other !== format)
  const files = Object.fromEntries(others.map((other) => [FORMAT_LABELS[other], FORMAT_FILES[other]]))
  const target = join(folder, FORMAT_FILES[format])
  switch (format) {
    case 'html':
      if (!options.singleFile) await writeSubreports(document, folder)
      return await writeWhole(target, renderHtml(document, { ...options, folder, files, onProblem }))
    case 'md':
      return await writeWhole(target, renderMarkdown(document, { files }))
    case 'ipynb':
      return await writeWhole(target, renderIpynb(document, { folder }))
    case 'pdf':
      // pdfkit and its fonts are loaded when there is a PDF to write
      return await writeWhole(target, (await import('./pdf/document.ts')).renderPdf(document, { folder }))
    case 'zip': {
      const pages = linked.includes('html') && !options.singleFile ? subreportsOf(document) : []
      const paths = [
        ...others.map((other) => FORMAT_FILES[other]),
        ...[...attachmentsOf(document), ...pages].map(({ path }) => path),
      ]
      return await writeWhole(target, await renderZip(folder, { paths, at: document.startedAt }))
    }
    default:
      return format satisfies never
  }
}

/** Each sub-report as a page beside the whole one. */
async function writeSubreports(document: NotebookDocument, folder: string): Promise<void> {
  const up = { href: FORMAT_FILES.html, label: document.begin.title }
  for (const { path, document: part } of subreportsOf(document)) {
    await writeWhole(join(folder, path), renderHtml(part, { folder, up }))
  }
}
