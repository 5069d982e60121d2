// Gatys, Ecker and Bethge 2015, "Texture synthesis using convolutional neural networks", seen through eight mirrors.
import { picture, test } from 'vitest-notebook'
import { openEngine } from '../src/engines/open-engine.ts'
import { loadNetwork } from '../src/networks/registry.ts'
import { readPicture } from '../src/pictures/files.ts'
import type { EnlargingState } from '../src/recipes/enlarging.ts'
import { kaleidoscope } from '../src/recipes/kaleidoscope.ts'
import { openCanvas } from '../src/report/canvas.ts'
import { madeWith } from '../src/report/made-with.ts'

const params = {
  image: picture('../pictures/starry-night.jpg', { label: 'the painting behind the mirrors' }),
  size: 480,
  network: 'default',
  scales: 3,
  steps: 40,
  minutes: 0,
  seed: 1,
}

test('Kaleidoscope', { tags: ['experiment'], params }, async ({ notebook, params, signal, expect }) => {
  notebook.md`
    *A picture with a painting's statistics that is the same in each of eight mirrored segments.* The network sees the canvas
    through the mirrors, so what it paints fits its mirror images.
  `
  const network = await loadNetwork(params.network, { layers: ({ style }) => style })
  const painting = await readPicture(params.image.data, { size: Math.max(512, params.size) })
  const { engine, reason } = await openEngine('auto')
  notebook.md(madeWith(network, { engine, reason }))
  notebook.image(painting, { alt: params.image.name, caption: 'The painting' })

  const { size: side, scales, steps, minutes, seed } = params
  const canvas = await openCanvas<EnlargingState>(
    notebook,
    { width: side, height: side },
    {
      alt: 'The canvas in the kaleidoscope',
      convergence: { title: 'Convergence: the loss, which jumps where the canvas grows' },
      steps: scales * steps,
    },
  )
  await notebook.code('Turn the kaleidoscope', () => {
    const options = { painting, side, scales, steps, minutes, seed }
    return canvas.follow(kaleidoscope(network, options, { engine, signal, resume: canvas.resume }))
  })
  await notebook.video(canvas.film(), { fps: 8, alt: 'How the kaleidoscope came about' })
  if (!canvas.isCutShort) expect(canvas.last).toBeLessThan(canvas.first / 4)
})
