import morphdom from './morphdom.js'

/**
 * Makes an element what its new HTML says. Pictures change in their place, and what the reader has done stays: open folds,
 * half-filled forms, the position in a gallery.
 */
export function morph(element, html) {
  const template = document.createElement('template')
  template.innerHTML = html.trim()
  const next = template.content.firstElementChild
  if (next) morphdom(element, next, { onBeforeElUpdated: keepsWhatIsThere })
}

/** Fetches the page anew and makes this one like it. */
export async function refresh() {
  const response = await fetch(location.pathname, { cache: 'no-store' })
  if (!response.ok) return
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  for (const selector of ['.contents', 'main']) {
    const [before, after] = [document.querySelector(selector), page.querySelector(selector)]
    if (before && after) morphdom(before, after, { onBeforeElUpdated: keepsWhatIsThere })
  }
  document.title = page.title
  document.body.dataset.status = page.body.dataset.status
}

function keepsWhatIsThere(before, after) {
  if (before.isEqualNode(after)) return false
  if (before.matches('details')) after.open = before.open
  if (before.matches('[data-question]')) return !(before.querySelector('form') && after.querySelector('.waiting'))
  if (before.matches('[data-gallery], [data-compare]')) {
    if (sources(before) !== sources(after)) {
      before.innerHTML = after.innerHTML
      before.className = after.className
    }
    return false
  }
  return true
}

/** Figures that the page's script has taken over differ from what the server says; their pictures tell whether they changed. */
function sources(figure) {
  const pictures = figure.querySelectorAll('li img, .side img')
  return [...pictures].map((image) => image.getAttribute('src')).join(' ')
}
