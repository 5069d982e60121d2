import type { NotebookDocument } from '../../journal/document.ts'
import { outlineOf } from '../outline.ts'
import { openingNodes, closingNodes } from '../markdown/document.ts'
import { writeMarkdown } from '../markdown/nodes.ts'
import { cellJson, type IpynbCell } from './cell.ts'
import { createIpynbContext } from './context.ts'

export interface IpynbOptions {
  /** the journal's folder: pictures are read from it */
  folder: string
  /** how many bytes of pictures the file may hold; later ones are linked; 64 MB */
  budget?: number
}

/**
 * One notebook in Jupyter's format (nbformat 4.5), with its pictures inside. Nothing runs in it: no kernel is named.
 *
 * @yields the next piece of the JSON
 */
export async function* renderIpynb(
  document: NotebookDocument,
  { folder, budget = 64e6 }: IpynbOptions,
): AsyncGenerator<string, void> {
  const context = createIpynbContext(document, outlineOf(document), { folder, budget })
  const text = (id: string, source: string): IpynbCell => ({ cell_type: 'markdown', id, metadata: {}, source })
  yield '{\n"cells": [\n'
  yield JSON.stringify(text('opening', writeMarkdown(openingNodes(document, {}))))
  for (const cell of document.cells) {
    for (const made of await cellJson(cell, context)) yield `,\n${JSON.stringify(made)}`
  }
  yield `,\n${JSON.stringify(text('closing', writeMarkdown(closingNodes(document))))}`
  const language = { name: 'typescript', mimetype: 'text/x-typescript', file_extension: '.ts' }
  const metadata = { language_info: language, title: document.begin.title }
  yield `\n],\n"metadata": ${JSON.stringify(metadata)},\n"nbformat": 4,\n"nbformat_minor": 5\n}\n`
}
