import type { PhrasingContent } from 'mdast'
import { COLORS } from '../colors.ts'
import type { PdfContext } from '../context.ts'
import { bolder, slanted, type Look } from '../line/look.ts'
import { breakPiece, insetPiece, wordPieces, type Piece } from '../line/pieces.ts'

/** Where links and notes of a Markdown text lead to. */
export interface References {
  /** by the identifiers of `[text][identifier]` */
  links: ReadonlyMap<string, string>
  /** numbers of footnotes by identifier */
  notes: ReadonlyMap<string, number>
}
const NO_REFERENCES: References = { links: new Map(), notes: new Map() }

/** Text with its markup as pieces of lines. Formulas must be prepared before. */
export function inlinePieces(
  nodes: readonly PhrasingContent[],
  look: Look,
  context: PdfContext,
  references: References = NO_REFERENCES,
): Piece[] {
  const { fonts } = context.paper
  const inside = (children: readonly PhrasingContent[], change: Partial<Look>): Piece[] =>
    inlinePieces(children, { ...look, ...change }, context, references)
  return nodes.flatMap((node): Piece[] => {
    switch (node.type) {
      case 'text':
        return wordPieces(node.value.replace(/\s+/g, ' '), look, fonts)
      case 'inlineCode':
        return wordPieces(node.value, codeLook(look), fonts)
      case 'strong':
        return inside(node.children, { face: bolder(look.face) })
      case 'emphasis':
        return inside(node.children, { face: slanted(look.face) })
      case 'delete':
        return inside(node.children, { strike: true })
      case 'link':
        return inside(node.children, linkLook(node.url, look, context))
      case 'linkReference':
        return inside(node.children, linkLook(references.links.get(node.identifier), look, context))
      case 'image':
      case 'imageReference':
        return wordPieces(`[${node.alt || 'picture'}]`, { ...look, color: COLORS.soft }, fonts)
      case 'inlineMath': {
        const inset = context.formulas.of(node.value, { display: false, size: look.size, color: look.color })
        return inset ? [insetPiece(inset, look)] : wordPieces(node.value, codeLook(look), fonts)
      }
      case 'break':
        return [breakPiece(look)]
      case 'footnoteReference': {
        const number = references.notes.get(node.identifier)
        const raised = { ...look, size: look.size * 0.68, rise: look.size * 0.34, color: COLORS.accent }
        return wordPieces(String(number ?? node.identifier), raised, fonts)
      }
      case 'html':
        return []
      default:
        return node satisfies never
    }
  })
}

function codeLook(look: Look): Look {
  return {
    ...look,
    face: look.face.includes('Bold') ? 'monoBold' : 'mono',
    size: look.size * 0.84,
    background: COLORS.mark,
  }
}

function linkLook(url: string | undefined, look: Look, { paper }: PdfContext): Partial<Look> {
  if (url === undefined || !paper.canLink(url)) return { ...look }
  return { link: url, color: COLORS.accent, underline: true }
}
