/** The large view: all pictures of the page one after the other, by keys, buttons and swipes; a click shows every pixel. */
export const LIGHTBOX_SCRIPT: string = String.raw`
const box = document.getElementById('lightbox')
let enlarged
const pictures = () => all('[data-zoom]').filter((zoom) => !zoom.closest('.compare'))
const enlarge = (zoom) => {
  const small = zoom.querySelector('img')
  const image = box.querySelector('img')
  const list = pictures()
  const position = list.indexOf(zoom)
  enlarged = zoom
  box.classList.remove('pixels')
  image.src = bestOf(zoom)
  image.alt = small.alt
  const words = zoom.closest('li')?.querySelector('.label')?.textContent ?? small.alt
  box.querySelector('figcaption').textContent = words + ' · ' + (position + 1) + ' of ' + list.length
  box.querySelector('.previous').disabled = position <= 0
  box.querySelector('.next').disabled = position >= list.length - 1
  if (!box.open) box.showModal()
}
const stepBox = (by) => {
  const list = pictures()
  const next = list[list.indexOf(enlarged) + by]
  if (!next) return
  enlarge(next)
  const gallery = next.closest('.gallery.ready')
  if (gallery) showStep(gallery, all('li', gallery).indexOf(next.closest('li')))
}
if (box) {
  on('click', '[data-zoom]', (zoom, event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || zoom.closest('.compare.ready')) return
    event.preventDefault()
    enlarge(zoom)
  })
  on('click', '[data-enlarge]', (screen) => enlarge(screen.closest('.gallery').querySelector('li[aria-current] [data-zoom]')))
  on('click', '[data-step]', (button) => stepBox(Number(button.dataset.step)))
  on('click', '#lightbox img', () => box.classList.toggle('pixels'))
  on('click', '#lightbox [data-close]', () => box.close())
  box.addEventListener('click', ({ target }) => { if (target === box || target.matches('figure')) box.close() })
  box.addEventListener('keydown', ({ key }) => {
    if (key === 'ArrowRight') stepBox(1)
    if (key === 'ArrowLeft') stepBox(-1)
  })
  let from
  box.addEventListener('touchstart', ({ touches }) => { from = touches.length === 1 ? touches[0].clientX : undefined }, { passive: true })
  box.addEventListener('touchend', ({ changedTouches }) => {
    if (from === undefined || box.classList.contains('pixels')) return
    const moved = changedTouches[0].clientX - from
    if (Math.abs(moved) > 50) stepBox(moved < 0 ? 1 : -1)
  })
  box.addEventListener('close', () => (enlarged?.offsetParent ? enlarged : enlarged?.closest('.gallery')?.querySelector('.slider'))?.focus())
}
`
