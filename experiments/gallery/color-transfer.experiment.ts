// Gatys, Bethge, Hertzmann and Shechtman 2016, "Preserving color in neural artistic style transfer".
import { picture, test } from 'vitest-notebook'
import { openEngine } from '../src/engines/open-engine.ts'
import { loadNetwork } from '../src/networks/registry.ts'
import { recolored } from '../src/pictures/colors.ts'
import { readPicture } from '../src/pictures/files.ts'
import type { EnlargingState } from '../src/recipes/enlarging.ts'
import { styleTransfer } from '../src/recipes/style-transfer.ts'
import { openCanvas } from '../src/report/canvas.ts'
import { madeWith } from '../src/report/made-with.ts'

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
  const network = await loadNetwork(params.network, { layers: ({ content, style }) => [...content, ...style] })
  const photograph = await readPicture(params.image.data, { size: params.size })
  const original = await readPicture(params.style.data, { size: 512 })
  const painting = recolored(original, photograph)
  const { engine, reason } = await openEngine('auto')
  notebook.md(madeWith(network, { engine, reason }))
  notebook.compare(original, painting, {
    alt: `${params.style.name} in its own colours and in those of the photograph`,
  })

  const { contentWeight, steps, seed } = params
  const canvas = await openCanvas<EnlargingState>(notebook, photograph, {
    alt: 'The canvas while it is painted on',
    convergence: { title: 'Convergence: the loss, which jumps where the canvas grows' },
    steps: 2 * steps,
  })
  const result = await notebook.code('Paint in the colours of the photograph', () => {
    const options = { photograph, painting, contentWeight, steps, seed }
    return canvas.follow(styleTransfer(network, options, { engine, signal, resume: canvas.resume }))
  })
  notebook.compare(photograph, result, { alt: `${params.image.name} and its painting` })
  await notebook.video(canvas.film(), { fps: 8, alt: `How ${params.image.name} was painted` })
  expect(canvas.last).toBeLessThan(canvas.first / 4)
})
