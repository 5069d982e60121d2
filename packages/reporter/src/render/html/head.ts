import { createHash } from 'node:crypto'
import { html, trusted, type Html } from './template.ts'

export interface HeadOptions {
  title: string
  /** the page's whole style and script, as they stand in it: nothing else may style or run */
  style: string
  script: string
  /** lets scripts, styles, connections and forms of the page's own server work too; false */
  live?: boolean
}

/** The head of every page, up to where the body begins. Its policy lets nothing go to or come from a network. */
export function documentHead({ title, style, script, live = false }: HeadOptions): Html {
  const own = live ? " 'self'" : ''
  const policy = [
    "default-src 'none'",
    "img-src 'self' data: blob: file:",
    "media-src 'self' data: blob: file:",
    `style-src '${hash(style)}'${own}`,
    `script-src '${hash(script)}'${own}`,
    `connect-src${live ? " 'self'" : " 'none'"}`,
    `form-action${live ? " 'self'" : " 'none'"}`,
    "base-uri 'none'",
  ].join('; ')
  return html`${trusted('<!doctype html>\n<html lang="en">')}
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content="${policy}" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="referrer" content="no-referrer" />
      <title>${title}</title>
      ${trusted(`<link rel="icon" href="data:," /><style>${style}</style>`)}
    </head>`
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
