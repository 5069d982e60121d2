import type { RootContent } from 'mdast'
import type { NotebookDocument } from '../../journal/document.ts'
import { assetHref } from '../asset.ts'
import { factsOf, parametersOf, type Fact } from '../facts.ts'
import { formatDate, formatSeconds } from '../format.ts'
import { killedWords } from '../in-flight.ts'
import type { RenderOptions } from '../options.ts'
import { outlineOf } from '../outline.ts'
import { STATUS_WORDS } from '../status.ts'
import { cellNodes } from './cell.ts'
import { fence, folded, heading, link, oneLine, paragraph, strong, table, writeMarkdown, type Inline } from './nodes.ts'
import { errorNodes } from './value.ts'

/**
 * One notebook in GitHub's Markdown; pictures and files are linked relative to it.
 *
 * @yields the next piece of the text
 */
export async function* renderMarkdown(
  document: NotebookDocument,
  { files = {} }: Pick<RenderOptions, 'files'> = {},
): AsyncGenerator<string, void> {
  const context = {
    outline: outlineOf(document),
    provenance: document.begin.provenance,
    running: document.status === 'running',
  }
  yield writeMarkdown(openingNodes(document, files))
  let before: RootContent | undefined
  for (const cell of document.cells) {
    const nodes = await cellNodes(cell, context)
    if (nodes.length === 0) continue
    // two lists in a row would become one
    yield before?.type === 'list' && nodes[0]?.type === 'list' ? '\n<!-- -->\n\n' : '\n'
    yield writeMarkdown(nodes)
    before = nodes.at(-1)
  }
  yield `\n${writeMarkdown(closingNodes(document))}`
}

export function openingNodes(document: NotebookDocument, files: Record<string, string>): RootContent[] {
  const { begin, status, seconds, startedAt, errors } = document
  const facts = [formatSeconds(seconds), formatDate(startedAt), begin.provenance.gpu?.[0]?.name].filter(
    (fact) => typeof fact === 'string',
  )
  const links: Inline[] = Object.entries(files).flatMap(([label, href]) => [' · ', link(href, label)])
  const nodes: RootContent[] = [
    heading(1, begin.title),
    paragraph(strong(STATUS_WORDS[status]), ` · ${facts.map(oneLine).join(' · ')}`, ...links),
  ]
  const killed = killedWords(document)
  if (killed !== undefined) nodes.push({ type: 'blockquote', children: [paragraph(killed)] })
  for (const error of errors) nodes.push(...errorNodes(error))
  const parameters = parametersOf(document)
  if (parameters.length > 0) nodes.push(factTable(['parameter', 'value'], parameters))
  return nodes
}

export function closingNodes(document: NotebookDocument): RootContent[] {
  const { command } = document.begin.provenance
  const facts = factsOf(document)
  const again: RootContent[] = command === undefined ? [] : [paragraph('Run this again:'), fence(command, 'sh')]
  return [{ type: 'thematicBreak' }, ...again, ...folded('Where this is from', [factTable(['what', 'value'], facts)])]
}

function factTable(titles: string[], facts: Fact[]): RootContent {
  return table([
    titles,
    ...facts.map(({ label, value, href }) => [
      label,
      href === undefined ? value : link(assetHref({ path: href }), value),
    ]),
  ])
}
