import PDFDocument from 'pdfkit'
import SVGtoPDF from 'svg-to-pdfkit'
import type { Paper } from '../paper.ts'

interface Place {
  x: number
  y: number
  width: number
  height: number
}

/** Draws an SVG as vector graphics into a box; its `viewBox` decides its proportions. Only for what `svgFault` finds none in. */
export function drawSvg(paper: Paper, svg: string, place: Place): void {
  draw(paper.doc, withFonts(svg, paper), place, (family, bold) =>
    /^pdf-\w/.test(family) ? family.slice(4) : bold ? 'sansBold' : 'sans',
  )
}

/**
 * Why an SVG cannot be drawn. A drawing that fails midway leaves a page clipped and its text marked as what it is not, so
 * what is not ours is drawn on a sheet of its own first.
 */
export function svgFault(svg: string): Error | undefined {
  const scratch = new PDFDocument({ font: null } as unknown as PDFKit.PDFDocumentOptions)
  try {
    draw(scratch, svg, { x: 0, y: 0, width: 100, height: 100 }, () => 'Helvetica')
    return undefined
  } catch (error) {
    return error as Error
  }
}

function draw(
  doc: PDFKit.PDFDocument,
  svg: string,
  { x, y, width, height }: Place,
  fontCallback: (family: string, bold: boolean) => string,
): void {
  SVGtoPDF(doc, svg, x, y, {
    width,
    height,
    assumePt: true,
    warningCallback(message) {
      throw new Error(message)
    },
    fontCallback,
    // a drawing gets nothing that it does not hold itself: a path would be read from this machine
    imageCallback: (href) => (/^data:image\/(?:png|jpe?g);base64,/.test(href) ? href : 'data:,'),
    documentCallback: () => [],
  })
}

/** Text in a drawing cannot change fonts midway: each text gets one font that has all its glyphs. */
function withFonts(svg: string, { fonts }: Paper): string {
  fonts.whole('0', 'sans')
  return svg.replace(/<(text|tspan)\b([^>]*)>([^<]+)/g, (_, name: string, attributes: string, content: string) => {
    const text = decoded(content).replace(/\s+/g, ' ')
    const bold = /font-weight="(?:bold|[6-9]00)"/.test(attributes)
    const face = bold ? 'sansBold' : 'sans'
    const font = fonts.whole(text, face)
    const rest = attributes.replace(/ font-family="[^"]*"/, '')
    if (font !== undefined) return `<${name}${rest} font-family="pdf-${font}">${content}`
    const drawn = Array.from(text, (one) => (fonts.has(one, 'sans') ? one : '\uFFFD')).join('')
    const stand = fonts.whole(drawn, 'sans') ?? 'symbols'
    return `<${name}${rest} font-family="pdf-${stand}">${encoded(drawn)}`
  })
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decoded(text: string): string {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    const point = hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal)
    if (name !== undefined) return ENTITIES[name] ?? whole
    return point <= 0x10ffff ? String.fromCodePoint(point) : '\uFFFD'
  })
}

function encoded(text: string): string {
  return text.replace(/[&<>]/g, (one) => `&#${one.charCodeAt(0)};`)
}
