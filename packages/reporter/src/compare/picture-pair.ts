import { assetPath } from '../render/asset.ts'
import { formatNumber } from '../render/format.ts'
import { html, trusted, type Html } from '../render/html/template.ts'
import type { Framing } from './framed-picture.ts'
import { differ } from './image-difference.ts'
import type { KeyedPicture } from './keys.ts'
import type { ComparedNotebook } from './runs.ts'

const MODES = ['Side by side', 'Slider', 'Onion', 'Flicker', 'Difference'] as const

interface Side {
  notebook: ComparedNotebook
  picture: KeyedPicture
}

/** Two pictures of one name: side by side, and by the page's script one over the other. */
export async function picturePairHtml(
  name: string,
  group: string,
  [a, b]: readonly [base: Side, other: Side],
  framing: Framing,
): Promise<Html> {
  const [one, other] = await framing([fileOf(a), fileOf(b)])
  const difference = await differ(one, other)
  const { width, height, deltaE, visible } = difference
  const alike = one.width === other.width && one.height === other.height
  const share = (part: number, whole: number) => `${((100 * part) / whole).toFixed(3)}%`
  const pictureHtml = (
    kind: string,
    label: string,
    framedPicture: { picture: Buffer; width: number; height: number },
  ) =>
    html`<div class="${kind}">
      <span class="tag">${label}</span>${trusted(
        `<img alt="" src="data:image/webp;base64,${framedPicture.picture.toString('base64')}" width="${framedPicture.width}" height="${framedPicture.height}">`,
      )}
    </div>`
  const percent = visible > 0 && visible < 0.001 ? 'under 0.1' : (100 * visible).toFixed(1)
  const words =
    deltaE === 0
      ? 'the same, pixel by pixel'
      : `mean ΔE ${formatNumber(Number(deltaE.toPrecision(3)))}, visibly different in ${percent} % of the pixels`
  const sizes = alike
    ? `${one.original.width} × ${one.original.height}`
    : `${one.original.width} × ${one.original.height} and ${other.original.width} × ${other.original.height}, compared where both are`
  return html`<figure
    class="pair"
    data-pair
    data-mode="Side by side"
    data-one="${share(one.width, width)}"
    data-other="${share(other.width, width)}"
  >
    <div class="modes" role="group" aria-label="How ${name} is compared" hidden>
      ${MODES.map((mode) => html`<button type="button" data-mode-button="${mode}" aria-pressed="${mode === 'Side by side' ? 'true' : 'false'}">${mode}</button>`)}
    </div>
    <div class="stage" role="img" aria-label="${name} in ${a.notebook.label} and in ${b.notebook.label}: ${words}">
      ${pictureHtml('one', a.notebook.label, one)}${pictureHtml('other', b.notebook.label, other)}${pictureHtml('difference', 'difference', { picture: difference.picture, width, height })}
    </div>
    <input
      type="range"
      min="0"
      max="100"
      value="50"
      aria-label="How much of ${a.notebook.label} is shown of ${name} ${group}, in per cent"
      hidden
    />
    <figcaption><b>${name}</b> ${words} <span class="size">${sizes}</span></figcaption>
  </figure>`
}

function fileOf({ notebook, picture }: Side): string {
  return assetPath(notebook.folder, picture.image)
}
