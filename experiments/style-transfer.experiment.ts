// Gatys, Ecker and Bethge 2015, "A neural algorithm of artistic style".
import { choice, picture, test } from 'vitest-notebook'
import { openEngine } from './src/engines/open-engine.ts'
import { layersFrom } from './src/networks/layer-list.ts'
import type { Taste } from './src/networks/network.ts'
import { loadNetwork } from './src/networks/registry.ts'
import { summarize } from './src/networks/summary.ts'
import { readPicture } from './src/pictures/files.ts'
import type { EnlargingState } from './src/recipes/enlarging.ts'
import { styleTransfer } from './src/recipes/style-transfer.ts'
import { openCanvas } from './src/report/canvas.ts'
import { madeWith } from './src/report/made-with.ts'

const params = {
  image: picture('./pictures/astronaut.jpg', { label: 'the photograph to paint' }),
  style: picture('./pictures/starry-night.jpg', { label: 'the painting to paint it like' }),
  size: 288,
  network: 'default',
  contentLayers: '',
  styleLayers: '',
  contentWeight: 0.05,
  components: 0,
  strokeSize: 1,
  scales: 2,
  steps: 50,
  minutes: 0,
  start: choice('photograph', 'noise', 'plasma'),
  tile: 0,
  seed: 1,
  engine: choice('auto', 'onnx', 'tfjs'),
}

test('Style Transfer', { tags: ['experiment'], params }, async ({ notebook, params, signal, expect }) => {
  notebook.md`
    *A picture whose content is a photograph's and whose style is a painting's.* The content is what the upper layers of a
    network answer at each place; the style is how the answers of its layers go together, wherever they are
    ([Gatys, Ecker and Bethge 2015](https://arxiv.org/abs/1508.06576)). L-BFGS looks for a picture that has both.
  `
  const chosen = (taste: Taste) => ({
    contentLayers: layersFrom(params.contentLayers, taste.content),
    styleLayers: layersFrom(params.styleLayers, taste.style),
  })
  const network = await loadNetwork(params.network, { layers: (taste) => Object.values(chosen(taste)).flat() })
  const { contentLayers, styleLayers } = chosen(network.taste)
  const photograph = await readPicture(params.image.data, { size: params.size })
  const painting = await readPicture(params.style.data, { size: Math.max(512, params.size * params.strokeSize) })
  const { engine, reason } = await openEngine(params.engine)
  notebook.gallery([
    { image: photograph, alt: params.image.name, caption: 'The content' },
    { image: painting, alt: params.style.name, caption: 'The style' },
  ])
  const by = params.components > 0 ? ` by ${params.components} principal components` : ''
  notebook.md`
    The content is compared at ${contentLayers.join(', ')}${by} with the weight ${params.contentWeight}, the style at
    ${styleLayers.join(', ')}. ${madeWith(network, { engine, reason })}
  `
  await notebook.details('The network', (inside) => inside.md(summarize(network)))

  const canvas = await openCanvas<EnlargingState>(notebook, photograph, {
    alt: 'The canvas while it is painted on',
    convergence: { title: 'Convergence: the loss, which jumps where the canvas grows' },
    steps: params.scales * params.steps,
  })
  const result = await notebook.code('Paint, from small to large', () => {
    const options = { ...params, photograph, painting, contentLayers, styleLayers }
    return canvas.follow(styleTransfer(network, options, { engine, signal, resume: canvas.resume }))
  })

  notebook.md`## The result`
  notebook.compare(photograph, result, { alt: `${params.image.name} and its painting` })
  await notebook.video(canvas.film(), { fps: 8, alt: `How ${params.image.name} was painted` })
  if (!canvas.isCutShort) expect(canvas.last).toBeLessThan(canvas.first / 4)
})
