// Gatys, Ecker and Bethge 2015, "Texture synthesis using convolutional neural networks", larger than memory by tiles.
import { picture, test } from 'vitest-notebook'
import { openEngine } from '../src/engines/open-engine.ts'
import { loadNetwork } from '../src/networks/registry.ts'
import { readPicture } from '../src/pictures/files.ts'
import { fit, resize } from '../src/pictures/resize.ts'
import { Timeline } from '../src/pictures/timeline.ts'
import type { Frame } from '../src/pictures/timeline.ts'
import type { EnlargingState } from '../src/recipes/enlarging.ts'
import { textureSynthesis } from '../src/recipes/texture-synthesis.ts'

const params = {
  image: picture('../pictures/starry-night.jpg', { label: 'the texture to make more of' }),
  sample: 320,
  width: 960,
  height: 640,
  tile: 320,
  network: 'default',
  scales: 4,
  steps: 30,
  seed: 1,
}

test('Big Texture', { tags: ['experiment'], params }, async ({ notebook, params, signal, expect }) => {
  notebook.md`
    *More of a texture than there was, and more than fits at once.* The statistics of the whole canvas are added up tile by
    tile; what follows from them is carried back tile by tile. The result is that of the whole, in the memory of a tile.
  `
  const network = await loadNetwork(params.network)
  const sample = await readPicture(params.image.data, { size: params.sample })
  const { engine, reason } = await openEngine('auto')
  notebook.image(sample, { alt: params.image.name, caption: 'The sample' })
  notebook.md`
    The canvas has ${params.width} × ${params.height} pixels, the tiles at most ${params.tile} × ${params.tile}. The network is
    **${network.name}**, the engine ${engine.device}. ${reason}
  `
  const canvasSize = { width: params.width, height: params.height }
  const preview = fit(canvasSize, 480)
  const saved = await notebook.checkpoint.load<{ state: EnlargingState; frames: Frame[] }>()
  const timeline = new Timeline({ ...preview, steps: params.scales * params.steps, resume: saved?.frames })
  const canvas = notebook.image(resize(sample, preview), { alt: 'The canvas', caption: 'The canvas' })
  const loss = notebook.plot({ title: 'Convergence', x: 'step', y: 'loss', scale: 'log' })
  const result = await notebook.code('Synthesise, from small to large, by tiles', async () => {
    let last = sample
    const { scales, steps, tile, seed } = params
    const options = { sample, canvasSize, scales, steps, tile, seed }
    for await (const step of textureSynthesis(network, options, { engine, signal, resume: saved?.state })) {
      last = step.pixels
      const small = resize(last, preview)
      canvas.update(small)
      loss.add(step)
      timeline.add(step.step, small)
      if (step.step % 10 === 0) await notebook.checkpoint.save({ state: step.state, frames: timeline.frames })
    }
    return last
  })

  notebook.md`## The result`
  notebook.image(result, { alt: 'The new texture', caption: 'The new texture, whose opposite edges join' })
  await notebook.video(timeline.film(), { fps: 8, alt: 'How the texture came up' })
  expect(loss.last.loss).toBeLessThan(loss.first.loss / 4)
})
