/** Pictures, plots, tables as figures, galleries, sliders and the large view. */
export const PICTURE_STYLE: string = `
figure { margin: 0; }
figcaption { margin-top: .55rem; color: var(--soft); font-size: .875rem; line-height: 1.45; text-wrap: pretty; overflow-wrap: anywhere; }
figcaption .size { margin-inline-start: .5em; white-space: nowrap; }
.picture :is(img, video), .side img { display: block; width: auto; max-height: 85vh; border-radius: 6px; background: var(--sunken); }
.zoom { display: inline-block; max-width: 100%; padding: 0; border: 0; border-radius: 6px; background: none; cursor: zoom-in; vertical-align: top; }
.missing { display: grid; place-items: center; min-height: 6rem; padding: 1rem; border-radius: 6px; background: var(--sunken); color: var(--soft); font-size: .875rem; }
@media (scripting: none) { img[data-held] { display: none !important; } }

.plot { overflow: clip; overflow-clip-margin: 1.2rem; }
.plot svg { display: block; width: 100%; color: var(--soft); overflow: visible; }
.plot svg text { font-size: 12px; }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; margin: 0 0 .5rem; padding: 0; list-style: none; font-size: .875rem; color: var(--soft); }
.legend li::before { content: ''; display: inline-block; width: 1.1em; height: 3px; margin-inline-end: .5em; border-radius: 2px; vertical-align: .22em; background: var(--series); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
@media (max-width: 36rem) {
  .plot svg text { font-size: 20px; }
  .plot svg path { stroke-width: 2.5px; }
  .plot { padding-inline: .4rem .2rem; }
}

.table { max-width: 100%; }
.table figcaption { display: flex; gap: .3rem 1rem; align-items: baseline; }
.table .scroll { max-height: 36rem; overflow: auto; }
.table thead th { position: sticky; top: 0; background: var(--page); box-shadow: inset 0 -1.5px 0 var(--strong-line); }
.table td.short { white-space: nowrap; }
.table td.long { min-width: 24ch; }
.table .fold > summary { padding: .5rem 0; }

.stage { display: grid; grid-template-columns: 1fr 1fr; gap: .8rem; }
.side { position: relative; min-width: 0; }
.side .tag { position: absolute; top: .6rem; left: .6rem; z-index: 1; padding: .1rem .6rem; border-radius: 1rem; background: rgb(0 0 0 / .72); color: #fff; font-size: .75rem; font-weight: 600; pointer-events: none; }
.compare .slider[hidden] { display: none; }
.compare.ready .stage { position: relative; display: inline-grid; grid-template-columns: minmax(0, 1fr); gap: 0; max-width: 100%; overflow: hidden; border-radius: 6px; vertical-align: top; }
.compare.ready .side { grid-area: 1 / 1; }
.compare.ready .side img { width: 100%; height: auto; max-height: none; border-radius: 0; }
.compare.ready .zoom { display: block; }
.compare.ready .before { z-index: 1; clip-path: inset(0 calc(100% - var(--split, 50%)) 0 0); }
.compare.ready .after .tag { left: auto; right: .6rem; }
.compare.ready .stage::before, .compare.ready .stage::after { content: ''; position: absolute; z-index: 2; left: var(--split, 50%); pointer-events: none; }
.compare.ready .stage::before { top: 0; bottom: 0; width: 2px; margin-left: -1px; background: #fff; box-shadow: 0 0 0 1px rgb(0 0 0 / .35); }
.compare.ready .stage::after {
  content: '‹ ›';
  top: 50%;
  width: 2.5rem;
  height: 2.5rem;
  margin: -1.25rem 0 0 -1.25rem;
  border-radius: 50%;
  background: #fff;
  color: #222;
  box-shadow: 0 0 0 1px rgb(0 0 0 / .25), 0 2px 8px rgb(0 0 0 / .3);
  font: 600 1.1rem/2.3rem system-ui, sans-serif;
  text-align: center;
  word-spacing: .1em;
}
.compare.ready .slider { position: absolute; z-index: 3; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: ew-resize; touch-action: pan-y; }
.compare.ready .stage:has(.slider:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }

.gallery ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr)); gap: .6rem; margin: 0; padding: 0; list-style: none; }
.gallery li { min-width: 0; font-size: .8125rem; line-height: 1.35; color: var(--soft); content-visibility: auto; contain-intrinsic-size: auto 8rem; }
.gallery li .zoom { display: block; width: 100%; }
.gallery li img { display: block; width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: 6px; background: var(--sunken); }
.gallery .label { display: block; padding: .3rem .1rem 0; }
.gallery.ready ul { display: flex; gap: .4rem; overflow-x: auto; padding: .5rem 3px; scrollbar-width: thin; }
.gallery.ready li { flex: 0 0 4.5rem; contain-intrinsic-size: 4.5rem 4.5rem; }
.gallery.ready .label { display: none; }
.gallery.ready li[aria-current] img { outline: 3px solid var(--accent); outline-offset: -1px; }
.screen { display: grid; place-items: center; height: min(70vh, var(--tall, 46rem), calc(min(100vw - 2.5rem, 50rem) * var(--shape, .75))); border-radius: 8px; background: var(--sunken); overflow: hidden; }
.screen .zoom { display: grid; place-items: center; width: 100%; height: 100%; min-height: 0; border-radius: 8px; }
.screen .zoom:focus-visible { outline-offset: -3px; }
.screen img { display: block; width: 100%; height: 100%; min-height: 0; object-fit: scale-down; }
.viewer .line { display: flex; justify-content: space-between; gap: 1rem; margin: .5rem 0 0; font-size: .875rem; color: var(--soft); }
.viewer .count { color: var(--faint); font-variant-numeric: tabular-nums; white-space: nowrap; }
.viewer .slider { display: block; width: 100%; margin: .7rem 0 0; accent-color: var(--accent); }

@media print {
  .viewer { display: none; }
  .picture :is(img, video) { max-height: 180mm; }
  .table .scroll { max-height: none; overflow: visible; }
  .table thead th { position: static; box-shadow: none; }
  .table :is(th, td) { padding-inline: .4rem; }
  .table :is(td.short, td.long) { min-width: 0; white-space: normal; }
  .table table { font-size: 8.5pt; }
  .table, .gallery { break-inside: auto; }
  .gallery.ready ul { display: grid; overflow: visible; }
  .gallery.ready .label { display: block; }
  .gallery li { break-inside: avoid; content-visibility: visible; }
  .gallery.ready li[aria-current] img { outline: 0; }
  .compare.ready .stage { display: grid; grid-template-columns: 1fr 1fr; gap: .8rem; }
  .compare.ready .side { grid-area: auto; clip-path: none; }
  .compare.ready .stage::before, .compare.ready .stage::after, .compare.ready .slider { display: none; }
  .compare.ready .after .tag { right: auto; left: .6rem; }
}
`
