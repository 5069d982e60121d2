/** What every renderer is told besides the document. */
export interface RenderOptions {
  /** the journal's folder: assets are read from it, and linked relative to it */
  folder: string
  /** the other files of this notebook that exist, as label -> relative URL: `{ PDF: 'report.pdf' }` */
  files?: Record<string, string>
}
