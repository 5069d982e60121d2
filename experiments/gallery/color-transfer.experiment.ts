// Gatys, Bethge, Hertzmann and Shechtman 2016, "Preserving color in neural artistic style transfer".
import { picture, test } from 'vitest-notebook'
import { openEngine } from '../src/engines/open-engine.ts'
import { loadNetwork } from '../src/networks/registry.ts'
import { recolored } from '../src/pictures/colors.ts'
import { readPicture } from '../src/pictures/files.ts'
import { resize } from '../src/pictures/resize.ts'
import { Timeline } from '../src/pictures/timeline.ts'
import type { Frame } from '../src/pictures/timeline.ts'
import type { EnlargingState } from '../src/recipes/enlarging.ts'
import { styleTransfer } from '../src/recipes/style-transfer.ts'

const params = {
  image: picture('../pictures/pagoda.jpg', { label: 'the photograph, which keeps its colours' }),
  style: picture('../pictures/starry-night.jpg', { label: 'the painting, which lends its strokes' }),
  size: 288,
  network: 'default',
  contentWeight: 0.05,
  steps: 50,
  seed: 1,
}

test('Color Transfer', { tags: ['experiment'], params }, async ({ notebook, params, signal, expect }) => {
  notebook.md`
    *A painting's strokes in a photograph's colours.* The painting first gets the mean colour of the photograph and the
    covariances of its channels ([Gatys et al. 2016](https://arxiv.org/abs/1606.05897)); then its style is transferred.
  `
  const network = await loadNetwork(params.network)
  const photograph = await readPicture(params.image.data, { size: params.size })
  const original = await readPicture(params.style.data, { size: 512 })
  const painting = recolored(original, photograph)
  const { engine, reason } = await openEngine('auto')
  notebook.md`The network is **${network.name}**, the engine ${engine.device}. ${reason}`
  notebook.compare(original, painting, {
    alt: `${params.style.name} in its own colours and in those of the photograph`,
  })

  const saved = await notebook.checkpoint.load<{ state: EnlargingState; frames: Frame[] }>()
  const timeline = new Timeline({ ...photograph, steps: 2 * params.steps, resume: saved?.frames })
  const canvas = notebook.image(photograph, { alt: 'The canvas', caption: 'The canvas' })
  const loss = notebook.plot({ title: 'Convergence', x: 'step', y: 'loss', scale: 'log' })
  const result = await notebook.code('Paint in the colours of the photograph', async () => {
    let last = photograph
    const { contentWeight, steps, seed } = params
    const options = { photograph, painting, contentWeight, steps, seed }
    for await (const step of styleTransfer(network, options, { engine, signal, resume: saved?.state })) {
      last = resize(step.pixels, photograph)
      canvas.update(last)
      loss.add(step)
      timeline.add(step.step, last)
      if (step.step % 25 === 0) await notebook.checkpoint.save({ state: step.state, frames: timeline.frames })
    }
    return last
  })
  notebook.compare(photograph, result, { alt: `${params.image.name} and its painting` })
  await notebook.video(timeline.film(), { fps: 8, alt: `How ${params.image.name} was painted` })
  expect(loss.last.loss).toBeLessThan(loss.first.loss / 4)
})
