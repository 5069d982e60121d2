// Gatys, Ecker, Bethge, Hertzmann and Shechtman 2016, "Controlling perceptual factors in neural style transfer": spatial control.
import { choice, picture, test } from 'vitest-notebook'
import { openEngine } from '../src/engines/open-engine.ts'
import { loadNetwork } from '../src/networks/registry.ts'
import { readPicture } from '../src/pictures/files.ts'
import { ellipse, inverted } from '../src/pictures/masks.ts'
import { resize } from '../src/pictures/resize.ts'
import { Timeline } from '../src/pictures/timeline.ts'
import type { Frame } from '../src/pictures/timeline.ts'
import type { EnlargingState } from '../src/recipes/enlarging.ts'
import { styleTransfer } from '../src/recipes/style-transfer.ts'

const params = {
  image: picture('../pictures/astronaut.jpg', { label: 'the photograph to paint' }),
  inside: picture('../pictures/brushes.jpg', { label: 'the style inside' }),
  outside: picture('../pictures/starry-night.jpg', { label: 'the style outside' }),
  mask: picture('../pictures/astronaut.jpg', { label: 'white is inside, black outside; used with shape=mask' }),
  shape: choice('ellipse', 'mask'),
  size: 288,
  network: 'default',
  contentWeight: 0.05,
  steps: 50,
}

test('Masked Style', { tags: ['experiment'], params }, async ({ notebook, params, signal, expect }) => {
  notebook.md`
    *Two paintings, each in its own part of a photograph.* The statistics of a painting are compared with those of the canvas
    where a mask is white only ([Gatys et al. 2016](https://arxiv.org/abs/1611.07865)); a second painting has the rest.
  `
  const network = await loadNetwork(params.network)
  const photograph = await readPicture(params.image.data, { size: params.size })
  const inside = await readPicture(params.inside.data, { size: 512 })
  const outside = await readPicture(params.outside.data, { size: 512 })
  const mask =
    params.shape === 'ellipse' ? ellipse(photograph) : await readPicture(params.mask.data, { size: photograph })
  const { engine, reason } = await openEngine('auto')
  notebook.gallery([
    { image: photograph, alt: params.image.name, caption: 'The content' },
    { image: mask, alt: 'The mask', caption: 'The mask' },
    { image: inside, alt: params.inside.name, caption: 'The style where it is white' },
    { image: outside, alt: params.outside.name, caption: 'The style where it is black' },
  ])
  notebook.md`The network is **${network.name}**, the engine ${engine.device}. ${reason}`

  const saved = await notebook.checkpoint.load<{ state: EnlargingState; frames: Frame[] }>()
  const timeline = new Timeline({ ...photograph, steps: 2 * params.steps, resume: saved?.frames })
  const canvas = notebook.image(photograph, { alt: 'The canvas', caption: 'The canvas' })
  const loss = notebook.plot({ title: 'Convergence', x: 'step', y: 'loss', scale: 'log' })
  const result = await notebook.code('Paint both parts at once', async () => {
    let last = photograph
    const { contentWeight, steps } = params
    const painting = [
      { painting: inside, mask },
      { painting: outside, mask: inverted(mask) },
    ]
    const options = { photograph, painting, contentWeight, steps }
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
