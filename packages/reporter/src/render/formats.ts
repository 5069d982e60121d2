/** What a notebook can be written as. */
export type Format = 'html' | 'md' | 'pdf' | 'ipynb' | 'zip'

/** Their files, relative to the notebook's folder. */
export const FORMAT_FILES: Record<Format, string> = {
  html: 'index.html',
  md: 'report.md',
  pdf: 'report.pdf',
  ipynb: 'report.ipynb',
  zip: 'report.zip',
}

/** How links name them. */
export const FORMAT_LABELS: Record<Format, string> = {
  html: 'HTML',
  md: 'Markdown',
  pdf: 'PDF',
  ipynb: 'ipynb',
  zip: 'Zip',
}
