/** Prose, code cells and what they put out. */
export const CELL_STYLE: string = `
.cell { margin: 1.5rem 0; }
.prose > :first-child { margin-top: 0; } .prose > :last-child { margin-bottom: 0; }
.prose { font-size: 1.0625rem; line-height: 1.66; } .prose p, .prose ul, .prose ol, .prose blockquote { margin: 0 0 1em; max-width: 68ch; text-wrap: pretty; }
.prose li + li { margin-top: .25em; } .prose ul, .prose ol { padding-inline-start: 1.5em; } .prose li > p { margin-bottom: .4em; }
.prose .contains-task-list, .prose ul:has(> li > input) { list-style: none; padding-inline-start: .2em; } .prose input[type=checkbox] { margin-inline-end: .5em; }
.prose blockquote { border-inline-start: 3px solid var(--strong-line); padding-inline-start: 1.1em; color: var(--soft); }
.prose :not(pre) > code, dd code { font-size: .875em; background: var(--sunken); border: 1px solid var(--line); border-radius: 5px; padding: .06em .32em; overflow-wrap: anywhere; }
.prose pre.code { background: var(--sunken); border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem; margin: 0 0 1.1em; }
.prose hr { border: 0; border-top: 1px solid var(--line); margin: 2.2em 0; } .prose .scroll { margin: 0 0 1.2em; }
.prose math[display=block] { margin: 1.1em 0; overflow-x: auto; overflow-y: hidden; font-size: 1.12em; }
.anchor { margin-inline-start: .4em; color: var(--faint); font-weight: 400; text-decoration: none; opacity: 0; } :is(h2, h3, h4, h5, h6):hover .anchor, .anchor:focus { opacity: 1; }
.markdown-cell:has(.prose > h2:first-child) { margin-top: 3.2rem; } .markdown-cell:has(.prose > :is(h3, h4):first-child) { margin-top: 2.4rem; }
.card { border: 1px solid var(--line); border-radius: 10px; background: var(--raised); overflow: hidden; }
.card .head, .question .head { display: flex; align-items: baseline; gap: .9rem; margin: 0; padding: .45rem 1rem; border-bottom: 1px solid var(--line); background: var(--sunken); font-size: .875rem; }
.card .name, .question .name { flex: 1; min-width: 0; font-weight: 600; color: var(--ink); text-decoration: none; overflow-wrap: anywhere; } .card a.name:hover { text-decoration: underline; }
.place a { color: inherit; text-decoration: none; } .place a:hover { text-decoration: underline; } .time, .place { white-space: nowrap; }
.card pre { padding: .8rem 1rem; } .fold > summary, .cut summary { cursor: pointer; color: var(--soft); font-size: .875rem; padding: .5rem 1rem; }
.card .fold[open] > summary { border-bottom: 1px solid var(--line); }
.outputs { margin: .7rem 0 0; padding-inline-start: 1rem; border-inline-start: 3px solid var(--line); } .outputs > * { margin: 0 0 .8rem; } .outputs > :last-child { margin-bottom: 0; }
.outputs .cell { margin: .9rem 0; } .stream pre { color: var(--soft); white-space: pre-wrap; overflow-wrap: anywhere; } .stream.stderr pre { color: var(--wait); }
.value pre { color: var(--ink); } .cut { margin: .35rem 0; color: var(--faint); font-size: .875rem; } .cut summary { padding: .2rem 0; } .value .fold > summary { padding: .2rem 0; }
[data-state=running] > .card { border-color: var(--wait); } [data-state=running] > .card .time { color: var(--wait); font-weight: 600; }
[data-state=failed] > .card, [data-state=broken] > .card { border-color: var(--bad); } [data-state=broken] > .card .time { color: var(--bad); font-weight: 600; }
.error { padding: .8rem 1.1rem; border-radius: 10px; background: var(--bad-back); border: 1px solid color-mix(in srgb, var(--bad) 30%, transparent); }
.error .what { margin: 0; color: var(--bad); white-space: pre-wrap; overflow-wrap: anywhere; font-size: .9375rem; } .error .fold > summary { padding: .4rem 0 0; } .error pre { padding-top: .4rem; }
.error .because { margin: .5rem 0 .3rem; color: var(--soft); font-size: .875rem; } .error .error { border: 0; padding: 0; background: none; } main > .error { margin: 0 0 1.5rem; }
.box, .question { border: 1px solid var(--line); border-radius: 10px; overflow: hidden; } .box > summary { padding: .6rem 1rem; font-weight: 600; cursor: pointer; background: var(--sunken); }
.box > .inside { padding: .2rem 1rem; } .question dl { padding: 0 1rem; } .question .waiting { margin: .8rem 1rem; color: var(--wait); }
.subreport { padding-inline-start: 1.2rem; border-inline-start: 3px solid var(--line); } .subreport-cell > :is(h2, h3, h4) .time { font-weight: 400; letter-spacing: 0; margin-inline-start: .5em; }
.progress { display: flex; align-items: center; gap: 1rem; font-size: .9375rem; margin: 0; } .progress .count { color: var(--faint); font-variant-numeric: tabular-nums; }
progress { flex: 1; height: .5rem; appearance: none; border: 0; border-radius: 1rem; background: var(--line); overflow: hidden; accent-color: var(--accent); }
progress::-webkit-progress-bar { background: var(--line); } progress::-webkit-progress-value { background: var(--accent); } progress::-moz-progress-bar { background: var(--accent); }
.file, .endpoint { margin: 0; padding: .6rem 1rem; border: 1px solid var(--line); border-radius: 10px; display: flex; gap: .9rem; align-items: baseline; } p.caption { margin: 0 0 .4rem; font-weight: 600; font-size: .9375rem; }
`
