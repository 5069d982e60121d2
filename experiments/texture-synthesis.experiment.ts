// Gatys, Ecker and Bethge 2015, "Texture synthesis using convolutional neural networks".
import { choice, picture, test } from 'vitest-notebook'
import { openEngine } from './src/engines/open-engine.ts'
import { layersFrom } from './src/networks/layer-list.ts'
import { loadNetwork } from './src/networks/registry.ts'
import { summarize } from './src/networks/summary.ts'
import { readPicture } from './src/pictures/files.ts'
import { resize } from './src/pictures/resize.ts'
import { tiled } from './src/pictures/tiled.ts'
import { Timeline } from './src/pictures/timeline.ts'
import type { Frame } from './src/pictures/timeline.ts'
import type { EnlargingState } from './src/recipes/enlarging.ts'
import { textureSynthesis } from './src/recipes/texture-synthesis.ts'

const params = {
  image: picture('./pictures/starry-night.jpg', { label: 'the texture to make more of' }),
  size: 240,
  network: 'default',
  layers: '',
  scales: 3,
  steps: 50,
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
  const network = await loadNetwork(params.network)
  const layers = layersFrom(params.layers, network.taste.style)
  const sample = await readPicture(params.image.data, { size: params.size })
  const { engine, reason } = await openEngine(params.engine)
  notebook.image(sample, { alt: params.image.name, caption: 'The sample' })
  notebook.md`
    The statistics are those of ${layers.join(', ')} of the network **${network.name}**. The engine is ${engine.device}.
    ${reason}
  `
  await notebook.details('The network', (inside) => inside.md(summarize(network)))

  const saved = await notebook.checkpoint.load<{ state: EnlargingState; frames: Frame[] }>()
  const timeline = new Timeline({ ...sample, steps: params.scales * params.steps, resume: saved?.frames })
  const canvas = notebook.image(sample, { alt: 'The canvas while the texture comes up', caption: 'The canvas' })
  const loss = notebook.plot({
    title: 'Convergence: the loss, which jumps where the canvas grows',
    x: 'step',
    y: 'loss',
    scale: 'log',
  })

  const result = await notebook.code('Synthesise, from small to large', async () => {
    let last = sample
    const options = { ...params, sample, layers, tile: params.tile || undefined }
    for await (const step of textureSynthesis(network, options, { engine, signal, resume: saved?.state })) {
      last = resize(step.pixels, sample)
      canvas.update(last)
      loss.add(step)
      timeline.add(step.step, last)
      if (step.step % 25 === 0) await notebook.checkpoint.save({ state: step.state, frames: timeline.frames })
    }
    return last
  })

  notebook.md`## The result`
  notebook.gallery([
    { image: sample, alt: params.image.name, caption: 'The sample' },
    { image: result, alt: 'The new texture', caption: 'The new texture' },
    { image: tiled(result, 2), alt: 'Four copies of the texture', caption: 'Four copies, edge to edge' },
  ])
  await notebook.video(timeline.film(), { fps: 8, alt: 'How the texture came up' })
  expect(loss.last.loss).toBeLessThan(loss.first.loss / 4)
})
