// Gatys, Ecker and Bethge 2015, "Texture synthesis using convolutional neural networks".
import { choice, picture, test } from 'vitest-notebook'
import { openEngine } from './src/engines/open-engine.ts'
import { layersFrom } from './src/networks/layer-list.ts'
import type { Taste } from './src/networks/network.ts'
import { loadNetwork } from './src/networks/registry.ts'
import { summarize } from './src/networks/summary.ts'
import { readPicture } from './src/pictures/files.ts'
import { tiled } from './src/pictures/tiled.ts'
import type { EnlargingState } from './src/recipes/enlarging.ts'
import { textureSynthesis } from './src/recipes/texture-synthesis.ts'
import { openCanvas } from './src/report/canvas.ts'
import { madeWith } from './src/report/made-with.ts'

const params = {
  image: picture('./pictures/starry-night.jpg', { label: 'the texture to make more of' }),
  size: 240,
  network: 'default',
  layers: '',
  scales: 3,
  steps: 50,
  minutes: 0,
  seamless: true,
  start: choice('plasma', 'noise'),
  tile: 0,
  seed: 1,
  engine: choice('auto', 'onnx', 'tfjs'),
}

test('Texture Synthesis', { tags: ['experiment'], params }, async ({ notebook, params, signal, expect }) => {
  notebook.md`
    *More of the same, and never the same.* A texture is described by how the answers of a network's layers go together,
    wherever they are; a picture of chance is changed until it has the same description
    ([Gatys, Ecker and Bethge 2015](https://arxiv.org/abs/1505.07376)). It starts small and is enlarged, and the network
    looks around its edges, so that copies of it tile.
  `
  const chosen = (taste: Taste) => layersFrom(params.layers, taste.style)
  const network = await loadNetwork(params.network, { layers: chosen })
  const layers = chosen(network.taste)
  const sample = await readPicture(params.image.data, { size: params.size })
  const { engine, reason } = await openEngine(params.engine)
  notebook.image(sample, { alt: params.image.name, caption: 'The sample' })
  notebook.md`The statistics are those of ${layers.join(', ')}. ${madeWith(network, { engine, reason })}`
  await notebook.details('The network', (inside) => inside.md(summarize(network)))

  const canvas = await openCanvas<EnlargingState>(
    notebook,
    { width: sample.width, height: sample.height },
    {
      alt: 'The canvas while the texture comes up',
      convergence: { title: 'Convergence: the loss, which jumps where the canvas grows' },
      steps: params.scales * params.steps,
    },
  )
  const result = await notebook.code('Synthesise, from small to large', () => {
    const options = { ...params, sample, layers }
    return canvas.follow(textureSynthesis(network, options, { engine, signal, resume: canvas.resume }))
  })

  notebook.md`## The result`
  notebook.gallery([
    { image: sample, alt: params.image.name, caption: 'The sample' },
    { image: result, alt: 'The new texture', caption: 'The new texture' },
    { image: tiled(result, 2), alt: 'Four copies of the texture', caption: 'Four copies, edge to edge' },
  ])
  await notebook.video(canvas.film(), { fps: 8, alt: 'How the texture came up' })
  if (!canvas.isCutShort) expect(canvas.last).toBeLessThan(canvas.first / 4)
})
