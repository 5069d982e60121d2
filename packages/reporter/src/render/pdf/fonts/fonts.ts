import { layOutByCharacter, type LayoutFont } from './by-character.ts'
import { fallbacks, fontFile, type Face } from './files.ts'
import { drawable } from './text.ts'

/** Text that one font draws. */
export interface Run {
  font: string
  text: string
  width: number
}

/**
 * JetBrains Mono's code ligatures end in the font's empty last glyph, on which fontkit throws `Offset is outside the bounds of
 * the DataView`.
 */
const FEATURES: Record<string, Record<string, boolean>> = {
  mono: { calt: false, liga: false },
  monoBold: { calt: false, liga: false },
}
const MISSING = '\uFFFD'
const MAX_WIDTHS = 20_000

/** As much of an opened font of pdfkit's as is needed here. */
interface OpenFont extends LayoutFont {
  ascender: number
  descender: number
  font: { hasGlyphForCodePoint(point: number): boolean }
}

/** Fonts of one PDF: which one draws what, and how wide it is. Files are opened on first use. */
export class Fonts {
  /** graphemes that no font here has, drawn as U+FFFD */
  readonly missing: Set<string> = new Set()
  #doc: PDFKit.PDFDocument
  #graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
  #lists = new Map<Face, string[]>()
  #choice = new Map<string, string | undefined>()
  #widths = new Map<string, number>()
  #open = new Map<string, OpenFont>()
  #cells = new Map<string, number>()

  constructor(doc: PDFKit.PDFDocument) {
    this.#doc = doc
  }

  /** The text in pieces that one font can draw; a grapheme is never divided. */
  runs(raw: string, face: Face, size: number): Run[] {
    const text = drawable(raw)
    if (text === '') return []
    if (/^[ -~]*$/.test(text)) return [{ font: face, text, width: this.#width(face, text) * size }]
    const runs: Run[] = []
    for (const { segment } of this.#graphemes.segment(text)) {
      const font = this.#fontFor(segment, face)
      const shown = font === undefined ? MISSING : segment
      const name = font ?? this.#fontFor(MISSING, face) ?? face
      const last = runs.at(-1)
      if (last?.font === name) last.text += shown
      else runs.push({ font: name, text: shown, width: 0 })
    }
    for (const run of runs) run.width = this.#width(run.font, run.text) * size
    return runs
  }

  width(text: string, face: Face, size: number): number {
    return this.runs(text, face, size).reduce((sum, run) => sum + run.width, 0)
  }

  graphemes(text: string): string[] {
    return Array.from(this.#graphemes.segment(text), ({ segment }) => segment)
  }

  /** Height above and depth below the baseline. */
  metrics(face: Face, size: number): { ascent: number; descent: number } {
    const { ascender, descender } = this.#opened(face)
    return { ascent: (ascender / 1000) * size, descent: (-descender / 1000) * size }
  }

  /** Draws a run with its left end on the baseline. */
  draw(
    { font, text }: Pick<Run, 'font' | 'text'>,
    at: { x: number; baseline: number; size: number; color: string },
  ): void {
    this.#opened(font)
    const options = { lineBreak: false, baseline: 'alphabetic', features: FEATURES[font] }
    this.#doc.font(font).fontSize(at.size).fillColor(at.color)
    this.#doc.text(text, at.x, at.baseline, options as unknown as PDFKit.Mixins.TextOptions)
  }

  /** One font that has every glyph of a text, for what cannot change fonts within a text; undefined where there is none. */
  whole(text: string, face: Face): string | undefined {
    const has = (name: string): boolean => Array.from(text).every((one) => this.#has(name, one))
    const name = this.#list(face).find(has)
    if (name !== undefined) this.#opened(name)
    return name
  }

  /** Whether some font has a grapheme; one that none has is noted as missing. */
  has(grapheme: string, face: Face): boolean {
    return this.#fontFor(grapheme, face) !== undefined
  }

  #fontFor(grapheme: string, face: Face): string | undefined {
    const key = `${face} ${grapheme}`
    if (this.#choice.has(key)) return this.#choice.get(key)
    const list = this.#list(face)
    const order = /\p{Emoji_Presentation}|\uFE0F/u.test(grapheme) ? ['emoji', ...list] : list
    const font = order.find((name) => this.#has(name, grapheme))
    if (font === undefined) this.missing.add(grapheme)
    this.#choice.set(key, font)
    return font
  }

  #list(face: Face): string[] {
    let list = this.#lists.get(face)
    if (!list) this.#lists.set(face, (list = fallbacks(face)))
    return list
  }

  /** Joiners and variation selectors choose among glyphs and need none of their own. */
  #has(name: string, grapheme: string): boolean {
    const { font } = this.#opened(name)
    return Array.from(grapheme).every((one) => {
      const point = one.codePointAt(0)!
      return point === 0x200d || (point >= 0xfe00 && point <= 0xfe0f) || font.hasGlyphForCodePoint(point)
    })
  }

  #width(font: string, text: string): number {
    if (font === 'mono' && /^[ -~]*$/.test(text)) return text.length * this.#cell(font)
    const key = `${font} ${text}`
    let width = this.#widths.get(key)
    if (width === undefined) {
      if (this.#widths.size > MAX_WIDTHS) this.#widths.clear()
      this.#widths.set(key, (width = this.#measured(font, text)))
    }
    return width
  }

  #cell(font: string): number {
    let width = this.#cells.get(font)
    if (width === undefined) this.#cells.set(font, (width = this.#measured(font, '0')))
    return width
  }

  #measured(font: string, text: string): number {
    this.#opened(font)
    const options = { features: FEATURES[font] } as unknown as PDFKit.Mixins.TextOptions
    return this.#doc.font(font).fontSize(1000).widthOfString(text, options) / 1000
  }

  #opened(name: string): OpenFont {
    let font = this.#open.get(name)
    if (!font) {
      this.#doc.registerFont(name, fontFile(name))
      font = (this.#doc.font(name) as unknown as { _font: OpenFont })._font
      if (name in FEATURES) layOutByCharacter(font)
      this.#open.set(name, font)
    }
    return font
  }
}
