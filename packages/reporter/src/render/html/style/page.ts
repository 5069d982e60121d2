import { BASE_STYLE } from './base.ts'
import { CELL_STYLE } from './cell.ts'
import { COLOR_STYLE } from './colors.ts'
import { LIGHTBOX_STYLE } from './lightbox.ts'
import { PICTURE_STYLE } from './picture.ts'
import { PROSE_STYLE } from './prose.ts'

const LAYOUT_STYLE = `
.layout { display: grid; grid-template-columns: minmax(0, 1fr); max-width: 78.5rem; margin: 0 auto; padding: 0 1.25rem; }
main { width: 100%; min-width: 0; max-width: 50rem; margin: 0 auto; padding: 2.2rem 0 5rem; }
.contents { font-size: .875rem; line-height: 1.4; }
.contents ol { margin: 0; padding: 0; list-style: none; }
.contents summary { padding: .3rem 0; font-weight: 600; }
.contents a { display: block; padding: .22rem 0 .22rem .8rem; border-inline-start: 2px solid var(--line); color: var(--soft); text-decoration: none; overflow-wrap: anywhere; }
.contents a:hover { color: var(--ink); border-color: var(--strong-line); }
.contents a[aria-current] { color: var(--accent); border-color: var(--accent); }
.contents .depth-3 a { padding-inline-start: 1.6rem; }
.contents .depth-4 a { padding-inline-start: 2.4rem; }
.contents .of-code a { color: var(--faint); }
.parameters { margin: 0 0 2rem; padding: .4rem 1.1rem; border-radius: 10px; background: var(--sunken); }
dl { display: grid; grid-template-columns: minmax(6rem, max-content) minmax(0, 1fr); gap: .3rem 1.4rem; margin: .6rem 0; font-size: .9rem; }
dt { color: var(--faint); overflow-wrap: anywhere; }
dd { margin: 0; overflow-wrap: anywhere; }
.provenance { margin-top: 4rem; padding-top: 1.4rem; border-top: 1px solid var(--line); font-size: .9rem; }
.provenance h2 { margin: 0 0 .7rem; font-size: 1rem; letter-spacing: 0; }
.provenance details { margin-top: 1rem; }
.provenance summary { color: var(--soft); }
@media (min-width: 68rem) {
  .layout { grid-template-columns: 14.5rem minmax(0, 1fr); gap: 3.5rem; }
  .contents { position: sticky; top: 3.1rem; align-self: start; max-height: calc(100vh - 3.2rem); overflow-y: auto; padding: 2.4rem 0 2rem; scrollbar-width: thin; }
  main { margin: 0; }
}
@media (max-width: 67.99rem) {
  .contents { margin-top: 1rem; padding: .3rem 1rem; border: 1px solid var(--line); border-radius: 10px; }
  .contents ol { padding-bottom: .6rem; }
  .contents a { padding-block: .4rem; }
  .contents:empty { display: none; }
}
@media print {
  .contents { display: none; }
  .layout, main { display: block; max-width: none; padding: 0; }
  .provenance { margin-top: 2rem; }
}
`

/** The whole style of a notebook's page. */
export const PAGE_STYLE: string = [
  COLOR_STYLE,
  BASE_STYLE,
  LAYOUT_STYLE,
  PROSE_STYLE,
  CELL_STYLE,
  PICTURE_STYLE,
  LIGHTBOX_STYLE,
].join('')
