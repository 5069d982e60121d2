/** A gallery shows one picture large with a scrubber; the address names cell and step, so a link leads to a picture. */
export const GALLERY_SCRIPT: string = String.raw`
const stepOf = (gallery) => Number(gallery.querySelector('.slider').value) - 1
const showStep = (gallery, position) => {
  const items = all('li', gallery)
  const index = Math.min(Math.max(position, 0), items.length - 1)
  const zoom = items[index].querySelector('.zoom')
  const small = zoom.querySelector('img')
  const large = gallery.querySelector('.screen img')
  large.alt = small.alt
  large.width = small.getAttribute('width')
  large.height = small.getAttribute('height')
  // the small copy stands in until the large one is there
  const source = small.dataset.held ? bestOf(zoom) : small.src
  if (large.src !== source) large.src = source
  gallery.querySelector('.now').textContent = items[index].querySelector('.label')?.textContent ?? small.alt
  gallery.querySelector('.count').textContent = index + 1 + ' of ' + items.length
  const slider = gallery.querySelector('.slider')
  slider.value = index + 1
  slider.setAttribute('aria-valuetext', small.alt)
  gallery.querySelector('li[aria-current]')?.removeAttribute('aria-current')
  items[index].setAttribute('aria-current', 'true')
  const strip = gallery.querySelector('ul')
  strip.scrollLeft = items[index].offsetLeft - strip.offsetLeft - strip.clientWidth / 2 + items[index].clientWidth / 2
}
const linkTo = (gallery) => {
  const cell = gallery.closest('.cell')
  if (cell) history.replaceState(null, '', '#' + cell.id + '.' + (stepOf(gallery) + 1))
}
const addressed = () => /^#(cell-.+)\.(\d+)$/.exec(decodeURIComponent(location.hash)) ?? []
const prepareGalleries = () => {
  for (const gallery of all('[data-gallery]:not(.ready)')) {
    const items = all('li', gallery)
    if (items.length < 2 || gallery.querySelector('.missing')) continue
    gallery.classList.add('ready')
    gallery.querySelector('.viewer').hidden = false
    // the screen fits the tallest picture, so that nothing jumps from step to step
    const screen = gallery.querySelector('.screen')
    let [shape, tall] = [0.2, 160]
    for (const image of all('li img', gallery)) {
      shape = Math.max(shape, image.getAttribute('height') / image.getAttribute('width') || 0)
      tall = Math.max(tall, image.getAttribute('height'))
    }
    screen.style.setProperty('--shape', shape)
    screen.style.setProperty('--tall', Math.min(tall, 736) + 'px')
    const [, id, step] = addressed()
    const named = gallery.closest('.cell')?.id === id
    showStep(gallery, named ? step - 1 : items.length - 1)
    if (named) requestAnimationFrame(() => gallery.scrollIntoView({ block: 'center', behavior: 'instant' }))
  }
}
addEventListener('hashchange', () => {
  const [, id, step] = addressed()
  const gallery = id && document.getElementById(id)?.querySelector('[data-gallery].ready')
  if (!gallery) return
  showStep(gallery, step - 1)
  gallery.scrollIntoView({ block: 'center' })
})
on('input', '[data-gallery] .slider', (slider) => showStep(slider.closest('[data-gallery]'), slider.value - 1))
on('change', '[data-gallery] .slider', (slider) => linkTo(slider.closest('[data-gallery]')))
on('click', '.gallery.ready li [data-zoom]', (zoom, event) => {
  event.preventDefault()
  const gallery = zoom.closest('.gallery')
  showStep(gallery, all('li', gallery).indexOf(zoom.closest('li')))
  linkTo(gallery)
})
`
