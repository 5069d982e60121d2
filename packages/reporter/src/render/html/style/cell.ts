/** Code cells and what they put out, boxes, questions, files. */
export const CELL_STYLE: string = `
.cell { margin: 1.5rem 0; }
.card { border: 1px solid var(--line); border-radius: 10px; background: var(--raised); overflow: hidden; }
.card .head, .question .head {
  display: flex;
  align-items: baseline;
  gap: .3rem .9rem;
  margin: 0;
  padding: .45rem 1rem;
  border-bottom: 1px solid var(--line);
  background: var(--sunken);
  font-size: .875rem;
}
.card .name, .question .name { flex: 1; min-width: 0; font-weight: 600; color: var(--ink); text-decoration: none; overflow-wrap: anywhere; }
.card a.name:hover { text-decoration: underline; }
.card .place:first-child { flex: 1; }
.place a { color: inherit; text-decoration: none; }
.place a:hover { text-decoration: underline; }
.time, .place { white-space: nowrap; }
.card > pre, .card .fold > pre { padding: .8rem 1rem; }
.fold > summary, .cut summary { padding: .5rem 1rem; color: var(--soft); font-size: .875rem; }
.card .fold[open] > summary { border-bottom: 1px solid var(--line); }

.outputs { margin: .7rem 0 0; padding-inline-start: 1rem; border-inline-start: 3px solid var(--line); }
.outputs > * { margin: 0 0 .8rem; }
.outputs > :last-child { margin-bottom: 0; }
.outputs .cell { margin: .9rem 0; }
.stream { max-height: 24rem; overflow: auto; }
.stream pre { color: var(--soft); white-space: pre-wrap; overflow-wrap: anywhere; overflow-x: visible; }
.stream.stderr pre { color: var(--wait); }
.value { margin: 0; }
.value pre { color: var(--ink); max-height: 32rem; overflow: auto; }
.value .fold > summary { padding: .2rem 0; }
.value > img { display: block; border-radius: 6px; }
.cut { margin: .5rem 0; padding: .3rem .8rem; border-radius: 6px; background: var(--sunken); color: var(--faint); font-size: .8125rem; }
.cut summary { padding: 0; font-size: inherit; }

[data-state=running] > .card { border-color: var(--wait); }
[data-state=running] > .card .time { color: var(--wait); font-weight: 600; }
:is([data-state=failed], [data-state=broken]) > .card { border-color: var(--bad); }
[data-state=broken] > .card .time { color: var(--bad); font-weight: 600; }
.error { padding: .8rem 1.1rem; border: 1px solid color-mix(in srgb, var(--bad) 30%, transparent); border-radius: 10px; background: var(--bad-back); }
.error .what { margin: 0; min-width: 0; color: var(--bad); white-space: pre-wrap; overflow-wrap: anywhere; font-size: .9375rem; }
.error .fold > summary { padding: .4rem 0 0; }
.error pre { padding-top: .4rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.error .because { margin: .5rem 0 .3rem; color: var(--soft); font-size: .875rem; }
.error .error { padding: 0; border: 0; background: none; }
main > .error { margin: 0 0 1.5rem; }

.box, .question { border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
.box > summary { padding: .6rem 1rem; font-weight: 600; background: var(--sunken); }
.box > .inside { padding: 0 1rem; }
.question dl { padding: 0 1rem; }
.question dd img { display: block; max-height: 12rem; width: auto; margin-bottom: .2rem; border-radius: 6px; background: var(--sunken); }
.question .waiting { margin: .8rem 1rem; color: var(--wait); }
.subreport { padding-inline-start: 1.2rem; border-inline-start: 3px solid var(--line); }
.subreport > .cell:first-child { margin-top: 0; }
.subreport-cell > :is(h2, h3, h4, h5, h6) :is(.time, .place) { margin-inline-start: .5em; font-weight: 400; letter-spacing: 0; }

.progress { display: flex; align-items: center; gap: 1rem; margin: 0; font-size: .9375rem; }
.progress > :first-child { min-width: 0; overflow-wrap: anywhere; }
.progress .count { color: var(--faint); font-variant-numeric: tabular-nums; white-space: nowrap; }
progress { flex: 1; min-width: 4rem; height: .5rem; appearance: none; border: 0; border-radius: 1rem; background: var(--line); overflow: hidden; accent-color: var(--accent); }
progress::-webkit-progress-bar { background: var(--line); }
progress::-webkit-progress-value { background: var(--accent); }
progress::-moz-progress-bar { background: var(--accent); }
.file, .endpoint { display: flex; flex-wrap: wrap; gap: .1rem .9rem; align-items: baseline; margin: 0; padding: .6rem 1rem; border: 1px solid var(--line); border-radius: 10px; overflow-wrap: anywhere; }
.endpoint { color: var(--soft); font-size: .9375rem; }
p.caption { margin: 0 0 .4rem; font-weight: 600; font-size: .9375rem; }

@media (max-width: 36rem) {
  .card .head { flex-wrap: wrap; }
  .card .name { flex-basis: 100%; }
  .card .name + .place { flex: 1; }
}
@media print {
  .stream, .value pre { max-height: none; overflow: visible; }
  .stream pre, .value pre { break-inside: auto; }
  .card pre { break-inside: auto; }
  .error, .question, .file { break-inside: avoid; }
  progress { border: 1px solid var(--strong-line); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`
