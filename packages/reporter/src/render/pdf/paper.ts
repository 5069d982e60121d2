import PDFDocument from 'pdfkit'
import type { Outline } from '../outline.ts'
import { escapeXml } from '../xml.ts'
import { Fonts } from './fonts/fonts.ts'
import type { Sheets } from './flow/flow.ts'

/** An element of the tagged structure. Drawing inside `add` is what it says; an element must hang on a parent before that. */
export interface Tag {
  add(child: Tag | (() => void)): Tag
  end(): void
  readonly dictionary: { data: Record<string, unknown> }
}

export interface TagOptions {
  /** what it shows, for those who do not see it */
  alt?: string
  scope?: 'Column' | 'Row'
  lang?: string
}

/** A4 in points. */
export const PAGE = { width: 595.28, height: 841.89, left: 62, right: 62, top: 70, bottom: 66 } as const

interface OutlineItem {
  addItem(title: string, options: object): OutlineItem
}
/** What pdfkit has and its types lack. */
interface Untyped {
  struct(type: string, options?: object): Tag
  addStructure(tag: Tag): void
  outline: OutlineItem
  page: { content: { buffer: Uint8Array[] } }
  link(x: number, y: number, width: number, height: number, url: string, options: object): void
  goTo(x: number, y: number, width: number, height: number, name: string, options: object): void
  addNamedDestination(name: string, type: 'XYZ', left: number, top: number, zoom: null): void
  _fontFamilies: Record<string, { finalize(): void }>
  _waiting: number
  _addInfo(): void
  info: Record<string, unknown>
  subset: unknown
}

export interface Metadata {
  title: string
  subject: string
  /** of the document's dates, which make its bytes */
  at: number
}

/** One PDF under construction: pdfkit with what every drawing here needs of it. */
export class Paper implements Sheets {
  readonly doc: PDFKit.PDFDocument
  readonly fonts: Fonts
  readonly root: Tag
  readonly top: number = PAGE.top
  readonly bottom: number = PAGE.height - PAGE.bottom
  #anchors: ReadonlySet<string>
  #outline: { level: number; item: OutlineItem }[] = []

  constructor({ title, subject, at }: Metadata, outline: Outline) {
    const date = new Date(at)
    const options = {
      size: [PAGE.width, PAGE.height],
      margins: { top: 0, bottom: 0, left: 0, right: 0 },
      bufferPages: true,
      lang: 'en',
      tagged: true,
      displayTitle: true,
      pdfVersion: '1.7',
      subset: 'PDF/UA',
      info: {
        Title: title,
        Subject: subject,
        Producer: 'vitest-notebook',
        Creator: 'vitest-notebook',
        CreationDate: date,
        ModDate: date,
      },
      font: null,
    }
    this.doc = new PDFDocument(options as unknown as PDFKit.PDFDocumentOptions)
    this.fonts = new Fonts(this.doc)
    this.#anchors = new Set(outline.entries.map(({ anchor }) => anchor))
    this.root = this.#raw.struct('Document')
    this.#raw.addStructure(this.root)
  }

  get #raw(): Untyped {
    return this.doc as unknown as Untyped
  }

  /** Adds a page. One buffer for each operator is most of what a page holds: those of the page before become one. */
  next(): void {
    const { content } = this.#raw.page
    content.buffer = [Buffer.concat(content.buffer)]
    this.doc.addPage()
  }

  /** A new element below another. */
  tag(parent: Tag, type: string, options: TagOptions = {}): Tag {
    const tag = this.#raw.struct(type, options)
    parent.add(tag)
    return tag
  }

  /** Decoration: lines, backgrounds, what stands on every page. */
  artifact(draw: () => void, type: 'Layout' | 'Pagination' = 'Layout'): void {
    this.doc.markContent('Artifact', { type })
    draw()
    this.doc.endMarkedContent()
  }

  /** Where a figure or formula lies; known only when it is drawn. */
  place(tag: Tag, box: { x: number; y: number; width: number; height: number }): void {
    const [left, bottom] = [box.x, PAGE.height - box.y - box.height]
    tag.dictionary.data['A'] = {
      O: 'Layout',
      Placement: 'Block',
      BBox: [left, bottom, left + box.width, bottom + box.height],
    }
  }

  /** Whether a link may lead there: to the web, to mail, to a file beside this one, or to a place in this document. */
  canLink(target: string): boolean {
    if (target.startsWith('#')) return this.#anchors.has(anchorOf(target))
    return /^(?:https?:\/\/|mailto:)/i.test(target) || /^[\w-][^:]*$/.test(target)
  }

  /** Draws a link's text and its area. The element is ended at once, because its page is taken when it is written. */
  link(
    parent: Tag,
    target: string,
    area: { x: number; y: number; width: number; height: number; alt: string },
    draw: () => void,
  ): void {
    const tag = this.tag(parent, 'Link', { alt: area.alt })
    tag.add(draw)
    const options = { structParent: tag, Contents: Object(area.alt) as unknown }
    const { x, y, width, height } = area
    if (target.startsWith('#')) this.#raw.goTo(x, y, width, height, anchorOf(target), options)
    else this.#raw.link(x, y, width, height, encodeURI(decoded(target)), options)
    tag.end()
  }

  /** Names a place that links lead to. */
  anchor(name: string, x: number, y: number): void {
    this.#raw.addNamedDestination(name, 'XYZ', x, Math.max(0, y - 8), null)
  }

  /** Adds to the outline beside the pages, below the last entry of a lower level. */
  outline(level: number, title: string, y: number): void {
    while (this.#outline.length > 0 && this.#outline.at(-1)!.level >= level) this.#outline.pop()
    const parent = this.#outline.at(-1)?.item ?? this.#raw.outline
    const place = { fit: false, top: Math.max(0, y - 8), left: PAGE.width, expanded: level < 3 } // pdfkit counts `left` from the right
    this.#outline.push({ level, item: parent.addItem(title, place) })
  }

  /** Writes the rest; nothing can be drawn after it. */
  end(): void {
    this.root.end()
    const raw = this.#raw
    // pdfkit's CIDSet, made for a subset of PDF, leaves out the parts of composite glyphs, against ISO 14289-1, 7.21.4.2
    const { subset } = raw
    raw.subset = undefined
    for (const font of Object.values(raw._fontFamilies)) font.finalize()
    raw.subset = subset
    escapeMetadata(raw)
    this.doc.end()
    if (!this.doc.readableEnded && raw._waiting > 0) {
      throw new Error(
        `${raw._waiting} objects of the PDF were begun and never ended; this is a fault of vitest-notebook.`,
      )
    }
  }
}

/** pdfkit writes title and subject into XML as they are. */
function escapeMetadata(raw: Untyped): void {
  const write = raw._addInfo.bind(raw)
  raw._addInfo = () => {
    const { info } = raw
    const escape = (value: unknown) => (typeof value === 'string' ? escapeXml(value) : value)
    raw.info = Object.fromEntries(Object.entries(info).map(([name, value]) => [name, escape(value)]))
    write()
    raw.info = info
  }
}

function anchorOf(target: string): string {
  return decoded(target.slice(1))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
