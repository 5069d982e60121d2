import { COLORS } from '../colors.ts'
import type { Face } from '../fonts/files.ts'

/** How text looks. Pieces of one link share one look, and so become one element. */
export interface Look {
  face: Face
  /** in points */
  size: number
  color: string
  /** behind the text, as of inline code */
  background?: string
  underline?: boolean
  strike?: boolean
  /** how far the baseline is raised, in points */
  rise?: number
  /** an address, or `#anchor` for a place in this document */
  link?: string
}

export const BODY: Look = { face: 'serif', size: 10.2, color: COLORS.ink }
export const SMALL: Look = { face: 'sans', size: 8.6, color: COLORS.soft }
export const TABLE: Look = { face: 'sans', size: 8.8, color: COLORS.ink }
export const CODE: Look = { face: 'mono', size: 7.7, color: COLORS.ink }

/** Height of a line as a multiple of what its glyphs take. */
export const LEADING = 1.14

export function bolder(face: Face): Face {
  if (face.startsWith('mono')) return 'monoBold'
  if (face.startsWith('sans')) return 'sansBold'
  return face.includes('Italic') ? 'serifBoldItalic' : 'serifBold'
}

export function slanted(face: Face): Face {
  if (face.startsWith('mono')) return face
  if (face.startsWith('sans')) return 'sansItalic'
  return face.includes('Bold') ? 'serifBoldItalic' : 'serifItalic'
}
