import type { CellContent, ImageRef } from '../../journal/schema.ts'
import type { PageContext } from './context.ts'
import { html, type Html } from './template.ts'

/** One picture that opens large. Its place is reserved before it is loaded, so nothing jumps. */
export async function pictureHtml(image: ImageRef, alt: string, context: PageContext): Promise<Html> {
  const source = await context.url(image.scaled ?? image)
  if (source === undefined) return html`<span class="missing" role="img" aria-label="${alt}">${alt}</span>`
  const shown = html`<img
    src="${source}"
    alt="${alt}"
    width="${image.width}"
    height="${image.height}"
    loading="lazy"
    decoding="async"
  />`
  if (context.form === 'single') return html`<button type="button" class="zoom" data-zoom>${shown}</button>`
  const original = await context.url(image)
  return html`<a class="zoom" href="${original}" data-zoom>${shown}</a>`
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
  return html`<figure class="compare" data-compare>
    <div class="stage">
      <div class="side before">
        <span class="tag">before</span>${await pictureHtml(before, `${alt}: before`, context)}
      </div>
      <div class="side after"><span class="tag">after</span>${await pictureHtml(after, `${alt}: after`, context)}</div>
    </div>
    <input
      class="slider"
      type="range"
      min="0"
      max="100"
      value="50"
      aria-label="How much of the picture before is shown, in per cent: ${alt}"
      hidden
    />
    <figcaption>${alt}</figcaption>
  </figure>`
}

/** A strip of pictures; the page's script shows one of them large, with a scrubber over all. */
export async function galleryHtml(content: CellContent & { kind: 'gallery' }, context: PageContext): Promise<Html> {
  const items: Html[] = []
  for (const { image, alt, caption } of content.items) {
    items.push(
      html`<li>
        ${await pictureHtml(image, alt, context)}${caption !== undefined && html`<span class="label">${caption}</span>`}
      </li>`,
    )
  }
  const count = content.items.length
  return html`<figure class="gallery" data-gallery>
    <div class="viewer" hidden>
      <div class="screen"></div>
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
  const [source, still] = [await context.url(video), await context.url(poster.scaled ?? poster)]
  const caption = html`<figcaption>${alt} <span class="size">${frames} frames, ${fps} per second</span></figcaption>`
  if (source === undefined)
    return html`<figure class="picture">${await pictureHtml(poster, alt, context)}${caption}</figure>`
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
