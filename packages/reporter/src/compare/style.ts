/** The comparison of runs. */
export const COMPARE_STYLE: string = `
main { max-width: 70rem; margin: 0 auto; padding: 2.2rem 1.25rem 5rem; } .title { margin-bottom: 1.5rem; }
.notebook + .notebook { margin-top: 4rem; border-top: 1px solid var(--line); } h3 { margin: 2.4em 0 .8em; } h4 { margin: 1.4em 0 .5em; }
.none { color: var(--soft); } table { width: 100%; } td, th { overflow-wrap: anywhere; } thead th { white-space: normal; } tbody th { overflow-wrap: normal; white-space: nowrap; }
thead td { border-bottom: 1.5px solid var(--strong-line); } tr.differs td { font-weight: 550; } .same-facts { margin-top: .6rem; color: var(--soft); font-size: .9rem; } .same-facts summary { cursor: pointer; padding: .3rem 0; }
.sides { display: flex; flex-wrap: wrap; gap: 1.2rem; font-size: .875rem; margin: 0; } ins, del { text-decoration: none; } .sides ins, .diff ins { color: var(--good); } .sides del, .diff del { color: var(--bad); }
.diff { padding: .7rem 1rem; border: 1px solid var(--line); border-radius: 10px; background: var(--raised); margin: 0 0 .6rem; } .diff :is(ins, del, .same) { display: block; min-height: 1.58em; } .diff ins { background: var(--good-back); } .diff del { background: var(--bad-back); } .diff .place { color: var(--faint); }
figure { margin: 0 0 2.4rem; } figcaption { margin-top: .6rem; color: var(--soft); font-size: .9rem; } figcaption b { color: var(--ink); margin-inline-end: .5em; } figcaption .size { margin-inline-start: .5em; }
.runs { list-style: none; margin: .8rem 0 0; padding: 0; color: var(--soft); font-size: .9375rem; overflow-wrap: anywhere; } .plot { max-width: 50rem; } .plot svg text { font-size: 12px; } .legend { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; margin: 0 0 .5rem; padding: 0; list-style: none; font-size: .875rem; color: var(--soft); } .legend li::before { content: ''; display: inline-block; width: 1.1em; height: 3px; margin-inline-end: .5em; border-radius: 2px; vertical-align: .22em; background: var(--series); }
${[1, 2, 3, 4, 5, 6, 7, 8].map((shade) => `.series-${shade} { --series: var(--series-${shade}); }`).join(' ')}
.plot svg { display: block; width: 100%; color: var(--soft); overflow: visible; }
.modes { display: inline-flex; flex-wrap: wrap; margin-bottom: .7rem; border: 1px solid var(--strong-line); border-radius: 9px; overflow: hidden; } .modes[hidden] { display: none; }
.modes button { padding: .3rem .9rem; border: 0; background: var(--raised); font-size: .875rem; cursor: pointer; } .modes button + button { border-inline-start: 1px solid var(--line); } .modes [aria-pressed=true] { background: var(--ink); color: var(--page); } .modes button:focus-visible { outline-offset: -3px; }
.stage { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr)); gap: .8rem; align-items: start; } .stage > div { position: relative; min-width: 0; } .stage img { display: block; width: 100%; height: auto; border-radius: 6px; background: var(--sunken); }
.tag { position: absolute; top: .6rem; left: .6rem; z-index: 1; max-width: calc(100% - 1.2rem); padding: .1rem .6rem; border-radius: 1rem; font-size: .75rem; font-weight: 600; color: #fff; background: rgb(0 0 0 / .72); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; pointer-events: none; }
.ready[data-mode='Side by side'] .stage { grid-template-columns: 1fr 1fr; } .ready[data-mode='Side by side'] .difference { display: none; }
.ready[data-mode='Side by side'] .one img { width: var(--one); } .ready[data-mode='Side by side'] .other img { width: var(--other); }
.ready:is([data-mode=Slider], [data-mode=Onion], [data-mode=Flicker]) .stage { grid-template-columns: minmax(0, 1fr); max-width: 44rem; gap: 0; touch-action: pan-y; cursor: ew-resize; } .ready:is([data-mode=Slider], [data-mode=Onion], [data-mode=Flicker]) .stage > div { grid-area: 1 / 1; } .ready:is([data-mode=Slider], [data-mode=Onion], [data-mode=Flicker]) .difference { visibility: hidden; }
.ready:is([data-mode=Slider], [data-mode=Onion], [data-mode=Flicker]) .one img { width: var(--one); border-radius: 0; } .ready:is([data-mode=Slider], [data-mode=Onion], [data-mode=Flicker]) .other img { width: var(--other); border-radius: 0; } .ready:is([data-mode=Slider], [data-mode=Onion], [data-mode=Flicker]) .other .tag { left: auto; right: .6rem; }
.ready[data-mode=Slider] .one { z-index: 1; clip-path: inset(0 calc(100% - var(--place)) 0 0); } .ready[data-mode=Slider] .other { clip-path: inset(0 0 0 var(--place)); } .ready:is([data-mode=Onion], [data-mode=Flicker]) .one { z-index: 1; opacity: var(--place); } 
.ready[data-mode=Difference] .stage { grid-template-columns: minmax(0, 1fr); max-width: 44rem; } .ready[data-mode=Difference] :is(.one, .other) { display: none; }
input[type=range] { display: block; width: 100%; max-width: 44rem; margin: .7rem 0 0; accent-color: var(--accent); } input[hidden] { display: none; }
@media (max-width: 44rem) { .plot svg text { font-size: 20px; } .plot svg path { stroke-width: 2.5px; } }
@media (max-width: 40rem) { .ready[data-mode='Side by side'] .stage { grid-template-columns: 1fr; } .modes { display: flex; } .modes button { flex: auto; padding: .35rem .2rem; font-size: .8125rem; white-space: nowrap; } }
@media print { .modes, input[type=range] { display: none; } figure { break-inside: avoid; } }
`
