import { COMPARE_SCRIPT } from './compare.ts'
import { GALLERY_SCRIPT } from './gallery.ts'
import { HELD_SCRIPT } from './held.ts'
import { LIGHTBOX_SCRIPT } from './lightbox.ts'
import { READING_SCRIPT } from './reading.ts'
import { THEME_SCRIPT } from './theme.ts'

/** Events are delegated, so that cells work however late they come and however often they are replaced. */
const COMMON = String.raw`
const all = (selector, within = document) => [...within.querySelectorAll(selector)]
const on = (type, selector, act) => document.addEventListener(type, (event) => {
  const found = event.target.closest?.(selector)
  if (found) act(found, event)
})
`

const START = String.raw`
const prepare = () => {
  watchHeld()
  prepareCompares()
  prepareGalleries()
}
prepare()
const cells = document.getElementById('cells')
if (cells) new MutationObserver(prepare).observe(cells, { childList: true, subtree: true })
`

/** What a notebook's page can do beyond showing. The live page replaces any cell at any time; new ones are prepared as they come. */
export const PAGE_SCRIPT: string = `${THEME_SCRIPT}
;(() => {
'use strict'
${[COMMON, HELD_SCRIPT, COMPARE_SCRIPT, GALLERY_SCRIPT, LIGHTBOX_SCRIPT, READING_SCRIPT, START].join('')}
})()
`
