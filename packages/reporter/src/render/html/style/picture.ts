/** Pictures, plots, tables as figures, galleries, sliders and the large view. */
export const PICTURE_STYLE: string = `
figure { margin: 0; } figcaption { margin-top: .55rem; color: var(--soft); font-size: .875rem; line-height: 1.45; text-wrap: pretty; } figcaption .size { margin-inline-start: .5em; }
.picture img, .picture video, .compare img { display: block; border-radius: 6px; background: var(--sunken); max-height: 85vh; width: auto; }
.zoom { display: inline-block; max-width: 100%; padding: 0; border: 0; background: none; cursor: zoom-in; border-radius: 6px; } .missing { display: grid; place-items: center; min-height: 6rem; padding: 1rem; background: var(--sunken); color: var(--soft); border-radius: 6px; font-size: .875rem; }
.plot svg { display: block; width: 100%; color: var(--soft); font-size: 12px; overflow: visible; } .table figcaption { display: flex; justify-content: space-between; gap: 1rem; }
.stage { display: grid; grid-template-columns: 1fr 1fr; gap: .8rem; } .side { position: relative; min-width: 0; } .side .tag { position: absolute; top: .6rem; left: .6rem; z-index: 1; padding: .1rem .6rem; border-radius: 1rem; font-size: .75rem; font-weight: 600; color: #fff; background: rgb(0 0 0 / .72); pointer-events: none; }
.compare.ready .stage { position: relative; display: inline-grid; grid-template-columns: minmax(0, 1fr); gap: 0; max-width: 100%; vertical-align: top; }
.compare.ready .side { grid-area: 1 / 1; } .compare.ready .side img { width: 100%; height: auto; max-height: none; } .compare.ready .zoom { pointer-events: none; display: block; }
.compare.ready .before { z-index: 1; clip-path: inset(0 calc(100% - var(--split, 50%)) 0 0); } .compare.ready .after .tag { left: auto; right: .6rem; }
.compare.ready .stage::after { content: ''; position: absolute; z-index: 2; top: 0; bottom: 0; left: var(--split, 50%); width: 2px; margin-left: -1px; background: #fff; box-shadow: 0 0 0 1px rgb(0 0 0 / .35); pointer-events: none; }
.slider { display: block; width: 100%; margin: .7rem 0 0; accent-color: var(--accent); } .slider[hidden] { display: none; } .compare .slider { max-width: 100%; }
.gallery ul { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr)); gap: .6rem; }
.gallery li { min-width: 0; font-size: .8125rem; line-height: 1.35; color: var(--soft); content-visibility: auto; contain-intrinsic-size: auto 8rem; } .gallery li .zoom { display: block; width: 100%; } .gallery li img { display: block; width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: 6px; background: var(--sunken); }
.gallery li[aria-current] img { outline: 3px solid var(--accent); outline-offset: -3px; } .gallery .label { display: block; padding: .3rem .1rem 0; }
.gallery.ready ul { display: flex; overflow-x: auto; gap: .4rem; padding: .5rem 0; scrollbar-width: thin; } .gallery.ready li { flex: 0 0 4.5rem; } .gallery.ready .label { display: none; }
.screen { display: grid; place-items: center; background: var(--sunken); border-radius: 8px; overflow: hidden; } .screen img { display: block; max-height: 70vh; width: auto; max-width: 100%; object-fit: contain; }
.viewer .line { display: flex; justify-content: space-between; gap: 1rem; margin: .5rem 0 0; font-size: .875rem; color: var(--soft); } .viewer .count { color: var(--faint); font-variant-numeric: tabular-nums; white-space: nowrap; }
dialog { width: 100vw; height: 100vh; max-width: none; max-height: none; margin: 0; padding: 0; border: 0; background: rgb(12 12 14 / .96); color: #f2f2f0; } dialog::backdrop { background: none; }
dialog[open] { display: grid; place-items: center; } dialog figure { display: grid; justify-items: center; gap: .7rem; padding: 1rem; } dialog img { max-width: 94vw; max-height: 84vh; object-fit: contain; } dialog figcaption { color: #d6d5d0; margin: 0; text-align: center; max-width: 70ch; }
dialog button { position: absolute; z-index: 1; width: 3rem; height: 3rem; border: 0; border-radius: 50%; background: rgb(60 60 66 / .7); color: #fff; font-size: 1.7rem; line-height: 1; cursor: pointer; } dialog button:focus-visible { outline-color: #fff; }
.close { top: 1rem; right: 1rem; } .previous { left: 1rem; top: calc(50% - 1.5rem); } .next { right: 1rem; top: calc(50% - 1.5rem); }
@media print { .slider, .viewer { display: none; } .gallery.ready ul { display: grid; } .compare.ready .stage { display: grid; grid-template-columns: 1fr 1fr; gap: .8rem; } .compare.ready .side { grid-area: auto; clip-path: none; } .compare.ready .stage::after { display: none; } }
`
