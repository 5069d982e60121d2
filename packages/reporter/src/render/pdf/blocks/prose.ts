import type { BlockContent, DefinitionContent, Paragraph, Root, RootContent } from 'mdast'
import { plainText } from '../../parse.ts'
import type { OutlineEntry } from '../../outline.ts'
import { COLORS } from '../colors.ts'
import type { Box, PdfContext } from '../context.ts'
import { BODY, SMALL, bolder, type Look } from '../line/look.ts'
import { imageSource } from '../media/source.ts'
import { addCode } from './code.ts'
import { addBar } from './boxes.ts'
import { addFigure } from './figure.ts'
import { addHeading } from './heading.ts'
import { inlinePieces, type References } from './inline.ts'
import { addList, type Prose } from './list.ts'
import { addFormula } from './math.ts'
import { settled } from './markup.ts'
import { addMarkdownTable } from './table.ts'
import { addPieces } from './text.ts'

/** A Markdown text, block by block. */
export async function addProse(
  tree: Root,
  box: Box,
  context: PdfContext,
  headings: readonly OutlineEntry[] = [],
  look: Look = BODY,
): Promise<void> {
  const root = settled(tree)
  await context.formulas.prepare(root)
  const prose = { look, references: referencesOf(root), headings: [...headings], addBlock }
  for (const [index, node] of root.children.entries()) {
    await addBlock(node, box, context, { ...prose, introduces: introduces(node, root.children[index + 1]) })
  }
  await addNotes(root, box, context, prose)
}

async function addBlock(
  node: RootContent | BlockContent | DefinitionContent,
  box: Box,
  context: PdfContext,
  prose: Prose,
  space: number = prose.look.size * 0.62,
): Promise<void> {
  switch (node.type) {
    case 'heading': {
      const entry = prose.headings.shift()
      const plain = { ...prose.look, face: bolder(prose.look.face) }
      if (entry) addHeading(node.children, entry, box, context, prose.references)
      else
        addPieces(inlinePieces(node.children, plain, context, prose.references), plain, box, context, {
          space,
          keepWithNext: true,
        })
      return
    }
    case 'paragraph':
      return await addParagraph(node, box, context, prose, space)
    case 'code':
      return await addCode(node.value, node.lang ?? '', box, context, { space: 8, framed: true })
    case 'table':
      return addMarkdownTable(node, box, context, prose.references)
    case 'list':
      return await addList(node, box, context, prose, space)
    case 'math':
      return await addFormula(node.value, box, context)
    case 'blockquote': {
      const tag = context.paper.tag(box.tag, 'BlockQuote')
      const quiet = { ...prose, look: { ...prose.look, color: COLORS.soft } }
      return await addBar({ ...box, tag }, context, { space: 7 }, async (inner) => {
        for (const child of node.children) await addBlock(child, inner, context, quiet)
      })
    }
    case 'thematicBreak':
      return addRule(box, context)
    default:
  }
}

/** Whether a text is about what comes after it: a title of nothing but bold words, or words before a table, list, code or formula. */
function introduces(node: RootContent, next: RootContent | undefined): boolean {
  if (node.type !== 'paragraph' || !next) return false
  const isTitle = node.children.every(({ type }) => type === 'strong')
  return isTitle || ['table', 'list', 'code', 'math'].includes(next.type)
}

/** Text, and its pictures after it where they are files of the notebook. */
async function addParagraph(
  node: Paragraph,
  box: Box,
  context: PdfContext,
  prose: Prose,
  space: number,
): Promise<void> {
  const pictures = node.children.filter((child) => child.type === 'image' && imageSource(child.url) !== undefined)
  const text = node.children.filter((child) => !pictures.includes(child))
  if (text.some((child) => plainText(child).trim() !== '')) {
    const keepWithNext = pictures.length > 0 || prose.introduces === true
    addPieces(inlinePieces(text, prose.look, context, prose.references), prose.look, box, context, {
      space,
      keepWithNext,
    })
  }
  for (const picture of pictures) {
    if (picture.type !== 'image') continue
    const source = imageSource(picture.url)!
    await addFigure(source, { alt: picture.alt || 'picture', caption: picture.title ?? undefined }, box, context)
  }
}

function addRule({ x, width }: Box, { paper, flow }: PdfContext): void {
  flow.add({
    height: 1,
    space: 12,
    draw: (y) =>
      paper.artifact(
        () =>
          void paper.doc
            .moveTo(x, y)
            .lineTo(x + width, y)
            .lineWidth(0.6)
            .stroke(COLORS.line),
      ),
  })
}

function referencesOf(root: Root): References {
  const links = new Map<string, string>()
  const notes = new Map<string, number>()
  for (const node of root.children) {
    if (node.type === 'definition') links.set(node.identifier, node.url)
    if (node.type === 'footnoteDefinition') notes.set(node.identifier, notes.size + 1)
  }
  return { links, notes }
}

async function addNotes(root: Root, box: Box, context: PdfContext, prose: Prose): Promise<void> {
  const notes = root.children.filter((node) => node.type === 'footnoteDefinition')
  if (notes.length === 0) return
  const look = { ...SMALL, face: prose.look.face }
  const items = notes.map(({ children }) => ({ type: 'listItem' as const, children }))
  await addList({ type: 'list', ordered: true, children: items }, box, context, { ...prose, look }, 10)
}
