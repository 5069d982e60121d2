declare module 'svg-to-pdfkit' {
  interface SvgOptions {
    width: number
    height: number
    assumePt: boolean
    warningCallback(message: string): void
    fontCallback(family: string, bold: boolean, italic: boolean): string
    imageCallback(href: string): string
    documentCallback(file: string): never[]
  }
  export default function SVGtoPDF(
    doc: PDFKit.PDFDocument,
    svg: string,
    x: number,
    y: number,
    options: SvgOptions,
  ): void
}
