/** One picture over the whole window. */
export const LIGHTBOX_STYLE: string = `
dialog { width: 100vw; height: 100dvh; max-width: none; max-height: none; margin: 0; padding: 0; border: 0; background: rgb(12 12 14 / .96); color: #f2f2f0; }
dialog::backdrop { background: none; }
dialog[open] { display: grid; place-items: center; }
dialog figure { display: grid; justify-items: center; align-content: center; gap: .7rem; width: 100%; height: 100%; padding: 1rem; overflow: auto; }
dialog img { max-width: 94vw; max-height: 84dvh; object-fit: contain; cursor: zoom-in; }
dialog.pixels figure { justify-items: safe center; align-content: safe center; }
dialog.pixels img { max-width: none; max-height: none; cursor: zoom-out; image-rendering: pixelated; }
dialog figcaption { margin: 0; color: #d6d5d0; text-align: center; max-width: 70ch; }
dialog button { position: absolute; z-index: 1; width: 3rem; height: 3rem; border: 0; border-radius: 50%; background: rgb(60 60 66 / .8); color: #fff; font-size: 1.7rem; line-height: 1; cursor: pointer; }
dialog button:hover { background: rgb(90 90 98 / .9); }
dialog button:disabled { opacity: 0; cursor: default; }
dialog button:focus-visible { outline-color: #fff; }
.close { top: 1rem; right: 1rem; }
.previous { left: 1rem; top: calc(50% - 1.5rem); }
.next { right: 1rem; top: calc(50% - 1.5rem); }
@media print { dialog { display: none !important; } }
`
