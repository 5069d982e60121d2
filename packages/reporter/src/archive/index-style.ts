/** The index of all runs: a line for each, with its pictures. */
export const INDEX_STYLE: string = `
main { max-width: 76rem; margin: 0 auto; padding: 2.2rem 1.25rem 5rem; }
.title { display: flex; align-items: baseline; gap: 1.2rem; flex-wrap: wrap; margin-bottom: 1.4rem; } .facts { margin: 0; color: var(--soft); }
.filters { display: flex; flex-wrap: wrap; gap: .8rem 1rem; margin: 0 0 1.6rem; } .filters[hidden] { display: none; }
.filters label { display: grid; gap: .25rem; font-size: .8125rem; color: var(--soft); } .filters .find { flex: 1 1 18rem; } .filters label:last-child { flex: 0 1 18rem; min-width: 0; }
.filters :is(input, select) { width: 100%; padding: .5rem .8rem; border: 1px solid var(--strong-line); border-radius: 9px; background: var(--raised); color: var(--ink); font: inherit; font-size: .9375rem; min-width: 0; }
.filters input::placeholder { color: var(--faint); opacity: 1; }
.runs { list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--line); }
.run { display: grid; grid-template-columns: 11rem minmax(0, 1fr); gap: 1.4rem; align-items: center; padding: 1rem 0; border-bottom: 1px solid var(--line); content-visibility: auto; contain-intrinsic-size: auto 8.9rem; }
.pictures { display: grid; grid-template: repeat(2, minmax(0, 1fr)) / repeat(2, minmax(0, 1fr)); gap: .3rem; aspect-ratio: 16 / 10; border-radius: 8px; overflow: hidden; } .pictures img { display: block; width: 100%; height: 100%; object-fit: cover; background: var(--sunken); }
.pictures img:only-child { grid-area: 1 / 1 / -1 / -1; } .pictures img:nth-last-child(-n + 3):first-child, .pictures img:nth-child(2):nth-last-child(1) { grid-row: 1 / -1; }
.pictures:not(:has(img)) { border: 1px dashed var(--line); border-radius: 6px; }
.run h2 { margin: 0; font-size: .8125rem; font-weight: 500; letter-spacing: 0; } .run h2 a { color: var(--faint); text-decoration: none; } .run h2 a:hover { text-decoration: underline; color: var(--soft); }
.notebooks { list-style: none; display: flex; overflow: clip; overflow-clip-margin: 4px; flex-wrap: wrap; gap: .15rem 1.1rem; margin: .2rem 0 .45rem; padding: 0; font-size: 1.0625rem; font-weight: 600; line-height: 1.4; } .notebooks li { min-width: 0; overflow-wrap: anywhere; } .notebooks li + li::before { content: '·' / ''; margin-inline: -.65rem .45rem; color: var(--faint); font-weight: 400; }
.notebooks a { color: var(--ink); text-decoration: none; } .notebooks a:hover { text-decoration: underline; } .notebooks .status { font-size: .75rem; }
.figures { display: flex; flex-wrap: wrap; gap: .2rem .9rem; align-items: center; margin: 0; color: var(--soft); font-size: .875rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.none { color: var(--soft); } .more { text-align: center; margin: 1.6rem 0 0; color: var(--soft); min-height: 1px; }
.more button { padding: .5rem 1.4rem; border: 1px solid var(--strong-line); border-radius: 9px; background: var(--raised); cursor: pointer; } .more button:hover { border-color: var(--accent); }
@media (max-width: 44rem) { .run { grid-template-columns: 6.5rem minmax(0, 1fr); gap: 1rem; align-items: start; } .pictures { margin-top: .2rem; } .filters label, .filters label:last-child { flex: 1 1 8rem; } .filters .find { flex-basis: 100%; } }
@media print { .filters, .more { display: none; } .run { content-visibility: visible; break-inside: avoid; } html { font-size: 10pt; background: #fff; } }
`
