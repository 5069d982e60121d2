/**
 * Pictures of a single file lie in the page as the text of `noscript` elements. They become pictures when they come near the
 * viewport, before printing, and when they are asked for.
 */
export const HELD_SCRIPT: string = String.raw`
const dataOf = (image) => {
  const held = document.getElementById(image.dataset.held)
  return /src="(data:image\/[\w.+-]+;base64,[A-Za-z0-9+/=]+)"/.exec(held?.textContent ?? '')?.[1]
}
const reveal = (image) => {
  near?.unobserve(image)
  if (image.dataset.shown !== undefined) return
  image.dataset.shown = ''
  const data = dataOf(image)
  if (data) image.src = data
}
const near = 'IntersectionObserver' in window
  ? new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) reveal(target)
    }, { rootMargin: '900px' })
  : undefined
const watchHeld = () => {
  for (const image of all('img[data-held]:not([data-watched])')) {
    image.dataset.watched = ''
    if (near) near.observe(image)
    else reveal(image)
  }
}
// the URL of the picture at its best
const bestOf = (zoom) => {
  if (zoom.href) return zoom.href
  const small = zoom.querySelector('img')
  return (small.dataset.held && dataOf(small)) || small.currentSrc || small.src
}
`
