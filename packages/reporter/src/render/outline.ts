import type { Root } from 'mdast'
import type { NotebookDocument, DocumentCell } from '../journal/document.ts'
import type { CellContent, CellId } from '../journal/schema.ts'
import { parseMarkdown, plainText } from './parse.ts'

/** An entry of the table of contents: a heading of the prose, a titled code cell, a box. */
export interface OutlineEntry {
  cell: CellId
  kind: 'heading' | 'code' | 'box'
  /** 2-6: the notebook's title is 1. No level is skipped on the way down, whatever the author wrote */
  level: number
  text: string
  /** unique in the document, made as GitHub makes it */
  anchor: string
}

export interface Outline {
  entries: OutlineEntry[]
  /** the headings of a Markdown cell, in order */
  headings: Map<CellId, OutlineEntry[]>
  /** the entry of a titled code cell or box */
  titles: Map<CellId, OutlineEntry>
}

/** Walks the cells once; every renderer and the live page take levels and anchors from here, so links agree everywhere. */
export function outlineOf(document: Pick<NotebookDocument, 'cells'>): Outline {
  const outline: Outline = { entries: [], headings: new Map(), titles: new Map() }
  const taken = new Set<string>()
  let level = 1
  const enter = (cell: CellId, kind: OutlineEntry['kind'], wanted: number, text: string): OutlineEntry => {
    const entry = { cell, kind, level: Math.min(wanted, 6), text, anchor: unique(slug(text), taken) }
    outline.entries.push(entry)
    return entry
  }
  const visit = (cells: readonly DocumentCell[], floor: number): void => {
    for (const cell of cells) {
      const { content, id } = cell
      if (content.kind === 'markdown') {
        const found: OutlineEntry[] = []
        for (const node of treeOf(content).children) {
          if (node.type !== 'heading') continue
          level = Math.min(Math.max(node.depth + 1, floor), level + 1)
          found.push(enter(id, 'heading', level, plainText(node).trim()))
        }
        outline.headings.set(id, found)
      } else if (content.kind === 'code') {
        if (content.title !== undefined) outline.titles.set(id, enter(id, 'code', level + 1, content.title))
        visit(cell.children, floor)
      } else if (content.kind === 'details' || content.kind === 'subreport') {
        const before = level
        const inside = Math.min(content.kind === 'subreport' ? Math.max(floor, 2) : level + 1, 6)
        outline.titles.set(id, enter(id, 'box', inside, content.title))
        level = inside
        visit(cell.children, Math.min(inside + 1, 6))
        level = before
      } else visit(cell.children, floor)
    }
  }
  visit(document.cells, 2)
  return outline
}

/** Whether a cell adds to the outline. */
export function isInOutline(content: CellContent): boolean {
  if (content.kind === 'markdown') return treeOf(content).children.some(({ type }) => type === 'heading')
  return content.kind === 'code' ? content.title !== undefined : /^(?:details|subreport)$/.test(content.kind)
}

const trees = new WeakMap<CellContent, Root>()

/** The parsed prose of a Markdown cell; parsed once as long as the cell lives. */
export function treeOf(content: CellContent & { kind: 'markdown' }): Root {
  let tree = trees.get(content)
  if (!tree) trees.set(content, (tree = parseMarkdown(content.source)))
  return tree
}

function slug(text: string): string {
  const found = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\- _]/gu, '')
    .trim()
    .replace(/ /g, '-')
  return found === '' ? 'section' : found
}

function unique(base: string, taken: Set<string>): string {
  let name = base
  for (let count = 1; taken.has(name); count++) name = `${base}-${count}`
  taken.add(name)
  return name
}
