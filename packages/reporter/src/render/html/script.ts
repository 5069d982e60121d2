/**
 * What a page can do beyond showing: theme, large view, sliders, galleries, the current place in the contents.
 * Events are delegated and new cells are prepared as they come, so the live page may replace any cell at any time.
 */
export const PAGE_SCRIPT: string = String.raw`
(() => {
  'use strict'
  const root = document.documentElement
  const all = (selector, within = document) => [...within.querySelectorAll(selector)]
  const remember = (theme) => { try { localStorage.setItem('notebook-theme', theme) } catch {} }
  const recall = () => { try { return localStorage.getItem('notebook-theme') } catch { return null } }
  const stored = recall()
  if (stored === 'light' || stored === 'dark') root.dataset.theme = stored

  const toggle = document.querySelector('[data-theme-toggle]')
  if (toggle) {
    toggle.hidden = false
    toggle.addEventListener('click', () => {
      const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
      root.dataset.theme = dark ? 'light' : 'dark'
      remember(root.dataset.theme)
    })
  }

  // Sliders and galleries
  const split = (figure) => figure.querySelector('.stage').style.setProperty('--split', figure.querySelector('.slider').value + '%')
  const show = (gallery, position) => {
    const items = all('li', gallery)
    const index = Math.min(Math.max(position, 0), items.length - 1)
    const link = items[index].querySelector('.zoom')
    const small = link.querySelector('img')
    const image = new Image()
    image.alt = small.alt
    image.width = small.getAttribute('width')
    image.height = small.getAttribute('height')
    image.src = small.currentSrc || small.src
    if (link.href) image.src = link.href
    gallery.querySelector('.screen').replaceChildren(image)
    gallery.querySelector('.now').textContent = items[index].querySelector('.label')?.textContent ?? small.alt
    gallery.querySelector('.count').textContent = index + 1 + ' of ' + items.length
    const slider = gallery.querySelector('.slider')
    slider.value = index + 1
    slider.setAttribute('aria-valuetext', small.alt)
    for (const item of items) item.removeAttribute('aria-current')
    items[index].setAttribute('aria-current', 'true')
    const strip = gallery.querySelector('ul')
    strip.scrollLeft = items[index].offsetLeft - strip.offsetLeft - strip.clientWidth / 2
  }
  const prepare = () => {
    for (const figure of all('[data-compare]:not(.ready)')) {
      if (all('img', figure).length !== 2) continue
      figure.classList.add('ready')
      figure.querySelector('.slider').hidden = false
      for (const zoom of all('.zoom', figure)) zoom.tabIndex = -1
      split(figure)
    }
    for (const gallery of all('[data-gallery]:not(.ready)')) {
      if (all('li', gallery).length < 2 || gallery.querySelector('.missing')) continue
      gallery.classList.add('ready')
      gallery.querySelector('.viewer').hidden = false
      const [, id, step] = /^#(cell-.+)\.(\d+)$/.exec(location.hash) ?? []
      show(gallery, gallery.closest('.cell')?.id === id ? step - 1 : all('li', gallery).length - 1)
    }
  }
  document.addEventListener('input', ({ target }) => {
    if (!target.matches('.slider')) return
    const figure = target.closest('figure')
    if (figure.matches('[data-compare]')) split(figure)
    else show(figure, target.value - 1)
  })
  document.addEventListener('change', ({ target }) => {
    const cell = target.closest('.gallery') && target.closest('.cell')
    if (cell) history.replaceState(null, '', '#' + cell.id + '.' + target.value)
  })
  document.addEventListener('pointermove', (event) => {
    const stage = event.target.closest?.('.compare.ready .stage')
    if (!stage || (event.pointerType === 'mouse' && event.buttons !== 1)) return
    const box = stage.getBoundingClientRect()
    const figure = stage.closest('figure')
    figure.querySelector('.slider').value = ((event.clientX - box.left) / box.width) * 100
    split(figure)
  })

  // The large view
  const box = document.getElementById('lightbox')
  let shown
  const enlarge = (link) => {
    shown = link
    const small = link.querySelector('img')
    const image = box.querySelector('img')
    image.src = link.href || small.currentSrc || small.src
    image.alt = small.alt
    box.querySelector('figcaption').textContent = link.closest('li')?.querySelector('.label')?.textContent ?? small.alt
    if (!box.open) box.showModal()
  }
  const step = (by) => {
    const links = all('[data-zoom]').filter((link) => !link.closest('.compare'))
    const next = links[links.indexOf(shown) + by]
    if (next) enlarge(next)
  }
  document.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    const link = event.target.closest?.('[data-zoom]')
    if (link && box) {
      event.preventDefault()
      const gallery = link.closest('.gallery.ready')
      if (gallery) show(gallery, all('li', gallery).indexOf(link.closest('li')))
      else enlarge(link)
      return
    }
    const screen = event.target.closest?.('.screen')
    if (screen) return enlarge(screen.closest('.gallery').querySelector('li[aria-current] [data-zoom]'))
    const by = event.target.closest?.('[data-step]')
    if (by) return step(Number(by.dataset.step))
    if (box?.open && (event.target === box || event.target.closest('[data-close]'))) box.close()
  })
  box?.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowRight') step(1)
    if (event.key === 'ArrowLeft') step(-1)
  })
  box?.addEventListener('close', () => shown?.focus())

  // Where the reader is
  const entries = new Map(all('.contents a').map((link) => [decodeURIComponent(link.hash.slice(1)), link]))
  const mark = () => {
    let current
    for (const [id, link] of entries) {
      const element = document.getElementById(id)
      if (element && element.getBoundingClientRect().top < 120) current = link
    }
    for (const link of entries.values()) link.removeAttribute('aria-current')
    current?.setAttribute('aria-current', 'true')
  }
  let waiting = false
  addEventListener('scroll', () => {
    if (waiting) return
    waiting = true
    requestAnimationFrame(() => { waiting = false; mark() })
  }, { passive: true })
  if (matchMedia('(max-width: 67.99rem)').matches) document.querySelector('.contents details')?.removeAttribute('open')

  addEventListener('beforeprint', () => {
    for (const image of all('img[loading=lazy]')) image.loading = 'eager'
    for (const fold of all('details')) fold.open = true
  })
  prepare()
  mark()
  const cells = document.getElementById('cells')
  if (cells) new MutationObserver(prepare).observe(cells, { childList: true, subtree: true })
})()
`
