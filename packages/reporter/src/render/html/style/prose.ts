/** Markdown: paragraphs, lists, quotations, formulas. */
export const PROSE_STYLE: string = `
.prose { font-size: 1.0625rem; line-height: 1.66; }
.prose > :first-child { margin-top: 0; }
.prose > :last-child { margin-bottom: 0; }
.prose :is(p, ul, ol, blockquote, dl) { margin: 0 0 1em; max-width: 68ch; text-wrap: pretty; }
.prose :is(ul, ol) { padding-inline-start: 1.5em; }
.prose :is(ul, ol) :is(ul, ol) { margin: .25em 0 0; }
.prose li + li { margin-top: .25em; }
.prose li > p { margin-bottom: .4em; }
.prose li:has(> input:first-child), .prose li:has(> p:first-child > input:first-child) { list-style: none; }
.prose li > input:first-child, .prose li > p:first-child > input:first-child { margin: 0 .24em 0 -1.4em; width: .85em; height: .85em; accent-color: var(--accent); vertical-align: -.05em; }
.prose blockquote { border-inline-start: 3px solid var(--strong-line); padding-inline-start: 1.1em; color: var(--soft); }
.prose blockquote > :last-child { margin-bottom: 0; }
.prose :not(pre) > code, dd code, .endpoint code {
  padding: .06em .32em;
  border: 1px solid var(--line);
  border-radius: 5px;
  background: var(--sunken);
  font-size: .875em;
  overflow-wrap: anywhere;
}
.prose pre.code { margin: 0 0 1.1em; padding: .8rem 1rem; border: 1px solid var(--line); border-radius: 10px; background: var(--sunken); }
.diagram { margin: 0 0 1.1em; }
.prose .diagram pre.code { margin: 0; }
.prose kbd { padding: .1em .4em; border: 1px solid var(--strong-line); border-bottom-width: 2px; border-radius: 5px; font-size: .85em; }
.prose hr { margin: 2.2em 0; border: 0; border-top: 1px solid var(--line); }
.prose .scroll { margin: 0 0 1.2em; }
.prose details { margin: 0 0 1em; }
.prose :is(h2, h3, h4, h5, h6) { margin-top: 1.9em; }
math { font-family: 'STIX Two Math', 'Cambria Math', 'Latin Modern Math', 'Noto Sans Math', 'DejaVu Math TeX Gyre', 'DejaVu Sans', math; }
div.formula { margin: 1.1em 0; padding: .2em 0; overflow: auto hidden; font-size: 1.12em; }
span.formula { display: inline-block; max-width: 100%; overflow: auto hidden; vertical-align: bottom; }
.prose .footnotes { margin-top: 1.6em; padding-top: .8em; border-top: 1px solid var(--line); font-size: .9375rem; color: var(--soft); }
.prose .sr-only { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.anchor { margin-inline-start: .4em; color: var(--faint); font-weight: 400; text-decoration: none; opacity: 0; }
:is(h2, h3, h4, h5, h6):hover > .anchor, .anchor:focus { opacity: 1; }
.markdown-cell:has(.prose > h2:first-child) { margin-top: 3.2rem; }
.markdown-cell:has(.prose > :is(h3, h4):first-child) { margin-top: 2.4rem; }
#cells > .cell:first-child { margin-top: 0; }
@media print { .anchor { display: none; } }
`
