/** The current place in the contents, what a link or a print needs opened, and copying. */
export const READING_SCRIPT: string = String.raw`
const mark = () => {
  let current
  const links = all('.contents a')
  for (const link of links) {
    const element = document.getElementById(decodeURIComponent(link.hash.slice(1)))
    if (element?.offsetParent && element.getBoundingClientRect().top < 120) current = link
  }
  for (const link of links) link.removeAttribute('aria-current')
  current?.setAttribute('aria-current', 'true')
}
let waiting = false
addEventListener('scroll', () => {
  if (waiting) return
  waiting = true
  requestAnimationFrame(() => { waiting = false; mark() })
}, { passive: true })
const narrow = matchMedia('(max-width: 67.99rem)')
const contents = document.querySelector('.contents details')
if (narrow.matches) contents?.removeAttribute('open')
on('click', '.contents a', () => { if (narrow.matches) contents?.removeAttribute('open') })
mark()

// a link into a folded box opens it
const unfold = () => {
  let element = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  const target = element
  for (; element; element = element.parentElement) if (element.matches('details')) element.open = true
  target?.scrollIntoView()
}
addEventListener('hashchange', unfold)
if (location.hash) unfold()

let opened = []
addEventListener('beforeprint', () => {
  for (const image of all('img[data-held]')) reveal(image)
  for (const image of all('img[loading=lazy]')) image.loading = 'eager'
  opened = all('main details:not([open], .cut)')
  for (const fold of opened) fold.open = true
})
addEventListener('afterprint', () => {
  for (const fold of opened) fold.open = false
})

for (const button of all('[data-copy]')) button.hidden = false
on('click', '[data-copy]', async (button) => {
  const text = document.getElementById(button.dataset.copy).textContent
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    // pages from disk may not use the clipboard in every browser
    const range = document.createRange()
    range.selectNodeContents(document.getElementById(button.dataset.copy))
    getSelection().removeAllRanges()
    getSelection().addRange(range)
    document.execCommand('copy')
  }
  button.textContent = 'Copied'
  setTimeout(() => { button.textContent = 'Copy' }, 1500)
})
`
