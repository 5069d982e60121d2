// Thimbleby, Inglis and Witten 1994, "Displaying 3D images: algorithms for single-image random-dot stereograms".
import { picture, test } from 'vitest-notebook'
import { openEngine } from '../src/engines/open-engine.ts'
import { loadNetwork } from '../src/networks/registry.ts'
import { readPicture } from '../src/pictures/files.ts'
import { stereogram } from '../src/pictures/stereogram.ts'
import type { EnlargingState } from '../src/recipes/enlarging.ts'
import { textureSynthesis } from '../src/recipes/texture-synthesis.ts'
import { openCanvas } from '../src/report/canvas.ts'
import { madeWith } from '../src/report/made-with.ts'

const params = {
  image: picture('../pictures/dandelions.jpg', { label: 'the texture that hides the relief' }),
  pattern: 110,
  width: 880,
  height: 440,
  depth: 0.25,
  network: 'default',
  scales: 2,
  steps: 40,
  seed: 1,
}

test('Stereogram', { tags: ['experiment'], params }, async ({ notebook, params, signal, expect }) => {
  notebook.md`
    *A relief hidden in a texture.* A seamless strip of texture, as high as the picture, is made, and repeated from left to right, sooner where the relief is
    nearer. Look through the picture, as if at something far behind it, and a ball on three rings stands out.
  `
  const network = await loadNetwork(params.network, { layers: ({ style }) => style })
  const sample = await readPicture(params.image.data, { size: Math.round(params.pattern * 1.5) })
  const { engine, reason } = await openEngine('auto')
  notebook.md(madeWith(network, { engine, reason }))
  const { scales, steps, seed } = params
  const canvasSize = { width: params.pattern, height: params.height }
  const canvas = await openCanvas<EnlargingState>(notebook, canvasSize, {
    alt: 'The canvas while the texture comes up',
    convergence: { title: 'Convergence of the texture: the loss, which jumps where it grows' },
    steps: scales * steps,
  })
  const pattern = await notebook.code('Make a texture that tiles', () => {
    const options = { sample, canvasSize, scales, steps, seed }
    return canvas.follow(textureSynthesis(network, options, { engine, signal, resume: canvas.resume }))
  })
  const { width, height, depth } = params
  const nearness = (x: number, y: number) => {
    const radius = Math.hypot(x - width / 2, y - height / 2) / (height / 2)
    return radius < 0.4 ? 0.5 + Math.sqrt(0.16 - radius ** 2) : radius < 0.9 ? Math.round((0.9 - radius) * 6) / 8 : 0
  }
  const picture3d = stereogram(pattern, { width, height }, nearness, { depth })
  notebook.image(picture3d, { alt: 'A stereogram of a ball on three rings', caption: 'Look through it' })
  expect(canvas.last).toBeLessThan(canvas.first / 4)
})
