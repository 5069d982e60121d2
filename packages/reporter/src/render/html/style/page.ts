import { BASE_STYLE } from './base.ts'
import { CELL_STYLE } from './cell.ts'
import { COLOR_STYLE } from './colors.ts'
import { PICTURE_STYLE } from './picture.ts'

const LAYOUT_STYLE = `
.layout { display: grid; grid-template-columns: minmax(0, 1fr); max-width: 78.5rem; margin: 0 auto; padding: 0 1.25rem; }
main { min-width: 0; max-width: 50rem; width: 100%; margin: 0 auto; padding: 2.2rem 0 5rem; }
.title { margin-bottom: 2rem; } .facts { display: flex; flex-wrap: wrap; gap: .3rem 1rem; align-items: center; margin: .9rem 0 0; color: var(--soft); font-size: .9375rem; }
.contents { font-size: .875rem; line-height: 1.4; }
.contents ol { list-style: none; margin: 0; padding: 0; } .contents summary { font-weight: 600; padding: .3rem 0; cursor: pointer; }
.contents a { display: block; padding: .22rem 0 .22rem .8rem; color: var(--soft); text-decoration: none; border-inline-start: 2px solid var(--line); overflow-wrap: anywhere; }
.contents a:hover { color: var(--ink); border-color: var(--strong-line); } .contents a[aria-current] { color: var(--accent); border-color: var(--accent); }
.contents .level-3 a { padding-inline-start: 1.6rem; } .contents .level-4 a { padding-inline-start: 2.4rem; } .contents .code a { color: var(--faint); }
.parameters { margin: 0 0 2rem; padding: .4rem 1.1rem; background: var(--sunken); border-radius: 10px; }
dl { display: grid; grid-template-columns: minmax(6rem, max-content) minmax(0, 1fr); gap: .3rem 1.4rem; margin: .6rem 0; font-size: .9rem; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
.provenance { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: .9rem; } .provenance summary { color: var(--soft); cursor: pointer; }
.notice { margin: 2rem 0; padding: .8rem 1.1rem; border-radius: 10px; background: var(--wait-back); color: var(--wait); }
@media (min-width: 68rem) {
  .layout { grid-template-columns: 14.5rem minmax(0, 1fr); gap: 3.5rem; }
  .contents { position: sticky; top: 3.4rem; align-self: start; max-height: calc(100vh - 4rem); overflow-y: auto; padding: 2.4rem 0 2rem; }
  main { margin: 0; }
}
@media (max-width: 67.99rem) { .contents { margin-top: 1rem; padding: .3rem 1rem; border: 1px solid var(--line); border-radius: 10px; } .contents:empty { display: none; } }
@media print {
  .contents, dialog { display: none; } .layout, main { display: block; max-width: none; padding: 0; } html { font-size: 10.5pt; background: #fff; }
  pre { white-space: pre-wrap; } .card, figure, tr, .error { break-inside: avoid; } h1, h2, h3, h4 { break-after: avoid; }
}
`

export const PAGE_STYLE: string = [COLOR_STYLE, BASE_STYLE, LAYOUT_STYLE, CELL_STYLE, PICTURE_STYLE].join('')
