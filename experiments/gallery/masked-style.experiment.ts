// Gatys, Ecker, Bethge, Hertzmann and Shechtman 2016, "Controlling perceptual factors in neural style transfer": spatial control.
import { choice, picture, test } from 'vitest-notebook'
import { openEngine } from '../src/engines/open-engine.ts'
import { loadNetwork } from '../src/networks/registry.ts'
import { readPicture } from '../src/pictures/files.ts'
import { ellipse, inverted } from '../src/pictures/masks.ts'
import type { EnlargingState } from '../src/recipes/enlarging.ts'
import { styleTransfer } from '../src/recipes/style-transfer.ts'
import { openCanvas } from '../src/report/canvas.ts'
import { madeWith } from '../src/report/made-with.ts'

const params = {
  image: picture('../pictures/astronaut.jpg', { label: 'the photograph to paint' }),
  inside: picture('../pictures/brushes.jpg', { label: 'the style inside' }),
  outside: picture('../pictures/starry-night.jpg', { label: 'the style outside' }),
  mask: picture('../pictures/astronaut.jpg', { label: 'white is inside, black outside; used with shape=mask' }),
  shape: choice('ellipse', 'mask'),
  size: 384,
  network: 'default',
  contentWeight: 0.2,
  steps: 50,
}

test('Masked Style', { tags: ['experiment'], params }, async ({ notebook, params, signal, expect }) => {
  notebook.md`
    *Two paintings, each in its own part of a photograph.* The statistics of a painting are compared with those of the canvas
    where a mask is white only ([Gatys et al. 2016](https://arxiv.org/abs/1611.07865)); a second painting has the rest.
  `
  const network = await loadNetwork(params.network, { layers: ({ content, style }) => [...content, ...style] })
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
  notebook.md(madeWith(network, { engine, reason }))

  const { contentWeight, steps } = params
  const canvas = await openCanvas<EnlargingState>(notebook, photograph, {
    alt: 'The canvas while both parts are painted',
    convergence: { title: 'Convergence: the loss, which jumps where the canvas grows' },
    steps: 2 * steps,
  })
  const result = await notebook.code('Paint both parts at once', () => {
    const painting = [
      { painting: inside, mask },
      { painting: outside, mask: inverted(mask) },
    ]
    const options = { photograph, painting, contentWeight, steps }
    return canvas.follow(styleTransfer(network, options, { engine, signal, resume: canvas.resume }))
  })

  notebook.md`## The result`
  notebook.compare(photograph, result, { alt: `${params.image.name} and its painting` })
  await notebook.video(canvas.film(), { fps: 8, alt: `How ${params.image.name} was painted` })
  expect(canvas.last).toBeLessThan(canvas.first / 4)
})
