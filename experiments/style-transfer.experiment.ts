// Gatys, Ecker and Bethge 2015, "A neural algorithm of artistic style".
import { choice, picture, test } from 'vitest-notebook'
import { openEngine } from './src/engines/open-engine.ts'
import { layersFrom } from './src/networks/layer-list.ts'
import { loadNetwork } from './src/networks/registry.ts'
import { summarize } from './src/networks/summary.ts'
import { readPicture } from './src/pictures/files.ts'
import { resize } from './src/pictures/resize.ts'
import { Timeline } from './src/pictures/timeline.ts'
import type { Frame } from './src/pictures/timeline.ts'
import type { EnlargingState } from './src/recipes/enlarging.ts'
import { styleTransfer } from './src/recipes/style-transfer.ts'

const params = {
  image: picture('./pictures/astronaut.jpg', { label: 'the photograph to paint' }),
  style: picture('./pictures/starry-night.jpg', { label: 'the painting to paint it like' }),
  size: 288,
  network: 'default',
  contentLayers: '',
  styleLayers: '',
  contentWeight: 0.05,
  strokeSize: 1,
  scales: 2,
  steps: 50,
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
  const network = await loadNetwork(params.network)
  const contentLayers = layersFrom(params.contentLayers, network.taste.content)
  const styleLayers = layersFrom(params.styleLayers, network.taste.style)
  const photograph = await readPicture(params.image.data, { size: params.size })
  const painting = await readPicture(params.style.data, { size: Math.max(512, params.size * params.strokeSize) })
  const { engine, reason } = await openEngine(params.engine)
  notebook.gallery([
    { image: photograph, alt: params.image.name, caption: 'The content' },
    { image: painting, alt: params.style.name, caption: 'The style' },
  ])
  notebook.md`
    The content is compared at ${contentLayers.join(', ')} with the weight ${params.contentWeight}, the style at
    ${styleLayers.join(', ')} of the network **${network.name}**. The engine is ${engine.device}. ${reason}
  `
  await notebook.details('The network', (inside) => inside.md(summarize(network)))

  const saved = await notebook.checkpoint.load<{ state: EnlargingState; frames: Frame[] }>()
  const timeline = new Timeline({ ...photograph, steps: params.scales * params.steps, resume: saved?.frames })
  if (!saved) timeline.add(0, photograph)
  const canvas = notebook.image(photograph, { alt: 'The canvas while it is painted on', caption: 'The canvas' })
  const loss = notebook.plot({
    title: 'Convergence: the loss, which jumps where the canvas grows',
    x: 'step',
    y: 'loss',
    scale: 'log',
  })

  const result = await notebook.code('Paint, from small to large', async () => {
    let last = photograph
    const options = { ...params, photograph, painting, contentLayers, styleLayers, tile: params.tile || undefined }
    for await (const step of styleTransfer(network, options, { engine, signal, resume: saved?.state })) {
      last = resize(step.pixels, photograph)
      canvas.update(last)
      loss.add(step)
      timeline.add(step.step, last)
      if (step.step % 25 === 0) await notebook.checkpoint.save({ state: step.state, frames: timeline.frames })
    }
    return last
  })

  notebook.md`## The result`
  notebook.compare(photograph, result, { alt: `${params.image.name} and its painting` })
  await notebook.video(timeline.film(), { fps: 8, alt: `How ${params.image.name} was painted` })
  expect(loss.last.loss).toBeLessThan(loss.first.loss / 4)
})
