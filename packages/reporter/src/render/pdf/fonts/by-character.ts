/** Glyphs with their places, as pdfkit keeps them of a text. */
interface GlyphRun {
  glyphs: unknown[]
  positions: { advanceWidth: number }[]
  advanceWidth: number
}

/** As much of pdfkit's embedded font as lays out a text; it does so anew each time that features are named. */
export interface LayoutFont {
  layoutRun(text: string, features?: object): GlyphRun
}

/**
 * Lays out ASCII character by character, from memory. Only for a font with one width whose ligatures are off: there it makes
 * no difference but the time, and laying out lines of code anew was most of what a PDF of code took.
 */
export function layOutByCharacter(font: LayoutFont): void {
  const known = new Map<string, GlyphRun>()
  const layoutRun = font.layoutRun.bind(font)
  font.layoutRun = (text, features) => {
    if (!/^[ -~]*$/.test(text)) return layoutRun(text, features)
    const run: GlyphRun = { glyphs: [], positions: [], advanceWidth: 0 }
    for (const character of text) {
      let one = known.get(character)
      if (!one) known.set(character, (one = layoutRun(character, features)))
      run.glyphs.push(...one.glyphs)
      run.positions.push(...one.positions)
      run.advanceWidth += one.advanceWidth
    }
    return run
  }
}
