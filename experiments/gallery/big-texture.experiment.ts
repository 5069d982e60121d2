// Gatys, Ecker and Bethge 2015, "Texture synthesis using convolutional neural networks", larger than memory by tiles.
import { picture, test } from 'vitest-notebook'
import { openEngine } from '../src/engines/open-engine.ts'
import { loadNetwork } from '../src/networks/registry.ts'
import { readPicture } from '../src/pictures/files.ts'
import type { EnlargingState } from '../src/recipes/enlarging.ts'
import { textureSynthesis } from '../src/recipes/texture-synthesis.ts'
import { openCanvas } from '../src/report/canvas.ts'
import { madeWith } from '../src/report/made-with.ts'

const params = {
  image: picture('../pictures/starry-night.jpg', { label: 'the texture to make more of' }),
  sample: 320,
  width: 960,
  height: 640,
  tile: 320,
  network: 'default',
  scales: 4,
  steps: 30,
  minutes: 0,
  seed: 1,
}

test('Big Texture', { tags: ['experiment'], params }, async ({ notebook, params, signal, expect }) => {
  notebook.md`
    *More of a texture than there was, and more than fits at once.* The statistics of the whole canvas are added up tile by
    tile; what follows from them is carried back tile by tile. The result is that of the whole, in the memory of a tile.
  `
  const network = await loadNetwork(params.network, { layers: ({ style }) => style })
  const sample = await readPicture(params.image.data, { size: params.sample })
  const { engine, reason } = await openEngine('auto')
  notebook.image(sample, { alt: params.image.name, caption: 'The sample' })
  notebook.md`
    The canvas has ${params.width} × ${params.height} pixels, the tiles at most ${params.tile} × ${params.tile}.
    ${madeWith(network, { engine, reason })}
  `
  const canvasSize = { width: params.width, height: params.height }
  const { scales, steps, minutes, tile, seed } = params
  const canvas = await openCanvas<EnlargingState>(notebook, canvasSize, {
    alt: 'The canvas while the texture comes up',
    convergence: { title: 'Convergence: the loss, which jumps where the canvas grows' },
    steps: scales * steps,
    preview: 480,
    saveEvery: 10,
  })
  const result = await notebook.code('Synthesise, from small to large, by tiles', () => {
    const options = { sample, canvasSize, scales, steps, minutes, tile, seed }
    return canvas.follow(textureSynthesis(network, options, { engine, signal, resume: canvas.resume }))
  })

  notebook.md`## The result`
  notebook.image(result, { alt: 'The new texture', caption: 'The new texture, whose opposite edges join' })
  await notebook.video(canvas.film(), { fps: 8, alt: 'How the texture came up' })
  if (!canvas.isCutShort) expect(canvas.last).toBeLessThan(canvas.first / 4)
})
