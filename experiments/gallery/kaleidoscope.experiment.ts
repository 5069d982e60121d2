// Gatys, Ecker and Bethge 2015, "Texture synthesis using convolutional neural networks", seen through eight mirrors.
import { picture, test } from 'vitest-notebook'
import { openEngine } from '../src/engines/open-engine.ts'
import { loadNetwork } from '../src/networks/registry.ts'
import { readPicture } from '../src/pictures/files.ts'
import { Timeline } from '../src/pictures/timeline.ts'
import type { Frame } from '../src/pictures/timeline.ts'
import type { LbfgsState } from '../src/optimizers/lbfgs.ts'
import { kaleidoscope } from '../src/recipes/kaleidoscope.ts'

const params = {
  image: picture('../pictures/starry-night.jpg', { label: 'the painting behind the mirrors' }),
  size: 320,
  network: 'default',
  steps: 80,
  seed: 1,
}

test('Kaleidoscope', { tags: ['experiment'], params }, async ({ notebook, params, signal, expect }) => {
  notebook.md`
    *A picture with a painting's statistics that is the same in each of eight mirrored segments.* The network sees the canvas
    through the mirrors, so what it paints fits its mirror images.
  `
  const network = await loadNetwork(params.network)
  const painting = await readPicture(params.image.data, { size: Math.max(512, params.size) })
  const { engine, reason } = await openEngine('auto')
  notebook.md`The network is **${network.name}**, the engine ${engine.device}. ${reason}`
  notebook.image(painting, { alt: params.image.name, caption: 'The painting' })

  const saved = await notebook.checkpoint.load<{ state: LbfgsState; frames: Frame[] }>()
  const size = { width: params.size, height: params.size }
  const timeline = new Timeline({ ...size, steps: params.steps, resume: saved?.frames })
  const canvas = notebook.image(painting, { alt: 'The canvas', caption: 'The canvas' })
  const loss = notebook.plot({ title: 'Convergence', x: 'step', y: 'loss', scale: 'log' })
  await notebook.code('Turn the kaleidoscope', async () => {
    const options = { painting, side: params.size, steps: params.steps, seed: params.seed }
    for await (const step of kaleidoscope(network, options, { engine, signal, resume: saved?.state })) {
      canvas.update(step.pixels)
      loss.add(step)
      timeline.add(step.step, step.pixels)
      if (step.step % 25 === 0) await notebook.checkpoint.save({ state: step.state, frames: timeline.frames })
    }
  })
  await notebook.video(timeline.film(), { fps: 8, alt: 'How the kaleidoscope came about' })
  expect(loss.last.loss).toBeLessThan(loss.first.loss / 4)
})
