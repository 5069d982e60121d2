import type { AssetRef, CellContent, ImageRef } from '../../journal/schema.ts'
import { shownCopy } from '../images.ts'
import type { PageContext } from './context.ts'
import { html, trusted, type Html } from './template.ts'

interface Shape {
  alt: string
  width?: number
  height?: number
}

/** One picture that opens large. Its place is reserved before it is loaded, so nothing jumps. */
async function pictureHtml(image: ImageRef, alt: string, { assets }: PageContext): Promise<Html> {
  const shown = await assets.picture(shownCopy(image), image)
  const { width, height } = image
  if (shown.kind === 'linked') return html`<a class="missing" href="${shown.href}">${alt}</a>`
  if (shown.kind === 'shown') {
    return html`<a class="zoom" href="${shown.href}" data-zoom>${imgHtml(shown.src, { alt, width, height })}</a>`
  }
  const shape = { alt, width, height }
  return html`<button type="button" class="zoom" data-zoom>${heldHtml(shown, shape)}</button>`
}

/** A picture without its size known, as a value that a cell returned. */
export async function valuePictureHtml(asset: AssetRef, alt: string, { assets }: PageContext): Promise<Html> {
  const shown = await assets.picture(asset, asset)
  if (shown.kind === 'linked') return html`<a href="${shown.href}">${alt}</a>`
  return shown.kind === 'shown' ? imgHtml(shown.src, { alt }) : heldHtml(shown, { alt })
}

function imgHtml(src: string, { alt, width, height }: Shape): Html {
  const size = width === undefined || height === undefined ? '' : html` width="${width}" height="${height}"`
  return html`<img src="${src}" alt="${alt}" ${size} loading="lazy" decoding="async" />`
}

/**
 * A stand-in, and the picture as text that becomes elements only where scripts are off; the page's script reads it when the
 * stand-in comes near the viewport.
 */
function heldHtml(shown: { blur: string; first?: string; id?: string; data?: string }, shape: Shape): Html {
  const { alt, width, height } = shape
  const size = width === undefined || height === undefined ? '' : html` width="${width}" height="${height}"`
  const stand = html`<img src="${shown.blur}" alt="${alt}" ${size} data-held="${shown.first ?? shown.id}" />`
  if (shown.data === undefined)
    return html`${stand}${trusted('<noscript>')}The same picture as above: ${alt}${trusted('</noscript>')}`
  return html`${stand}${trusted(`<noscript id="${shown.id ?? ''}">`)}${imgHtml(shown.data, shape)}${trusted('</noscript>')}`
}

export async function imageHtml(content: CellContent & { kind: 'image' }, context: PageContext): Promise<Html> {
  const { image, alt, caption } = content
  return html`<figure class="picture">
    ${await pictureHtml(image, alt, context)}
    <figcaption>${caption ?? alt} <span class="size">${image.width} × ${image.height}</span></figcaption>
  </figure>`
}

/** Two pictures side by side; the page's script lays one over the other with a slider. */
export async function compareHtml(content: CellContent & { kind: 'compare' }, context: PageContext): Promise<Html> {
  const { before, after, alt } = content
  const label = `How much of the picture before is shown, in per cent: ${alt}`
  return html`<figure class="compare" data-compare>
    <div class="stage">
      <div class="side before">
        <span class="tag">before</span>${await pictureHtml(before, `${alt}: before`, context)}
      </div>
      <div class="side after"><span class="tag">after</span>${await pictureHtml(after, `${alt}: after`, context)}</div>
      <input class="slider" type="range" min="0" max="100" step="0.5" value="50" aria-label="${label}" hidden />
    </div>
    <figcaption>${alt}</figcaption>
  </figure>`
}

/** A strip of pictures; the page's script shows one of them large, with a scrubber over all. */
export async function galleryHtml(content: CellContent & { kind: 'gallery' }, context: PageContext): Promise<Html> {
  const items: Html[] = []
  for (const { image, alt, caption } of content.items) {
    const picture = await pictureHtml(image, alt, context)
    items.push(html`<li>${picture}${caption !== undefined && html`<span class="label">${caption}</span>`}</li>`)
  }
  const count = content.items.length
  return html`<figure class="gallery" data-gallery>
    <div class="viewer" hidden>
      <div class="screen">
        <button type="button" class="zoom" data-enlarge><img alt="" /></button>
      </div>
      <p class="line"><span class="now"></span><span class="count" aria-live="polite"></span></p>
      <input class="slider" type="range" min="1" max="${count}" value="${count}" aria-label="Picture of ${count}" />
    </div>
    <ul>
      ${items}
    </ul>
  </figure>`
}

export async function videoHtml(content: CellContent & { kind: 'video' }, context: PageContext): Promise<Html> {
  const { video, poster, alt, width, height, frames, fps } = content
  const [source, still] = [await context.assets.url(video), await context.assets.url(shownCopy(poster))]
  const caption = html`<figcaption>${alt} <span class="size">${frames} frames, ${fps} per second</span></figcaption>`
  if (video.mediaType.startsWith('image/')) {
    return html`<figure class="picture">
      <picture>
        <source media="(prefers-reduced-motion: reduce)" srcset="${still}" />
        <img src="${source}" alt="${alt}" width="${width}" height="${height}" loading="lazy" decoding="async" />
      </picture>
      ${caption}
    </figure>`
  }
  return html`<figure class="picture">
    <video
      controls
      loop
      muted
      playsinline
      preload="none"
      width="${width}"
      height="${height}"
      poster="${still}"
      src="${source}"
      aria-label="${alt}"
    ></video>
    ${caption}
  </figure>`
}
