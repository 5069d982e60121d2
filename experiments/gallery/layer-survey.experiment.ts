// Gatys, Ecker and Bethge 2015, "Texture synthesis using convolutional neural networks", figure 2: one layer after another.
import { picture, test } from 'vitest-notebook'
import { openEngine } from '../src/engines/open-engine.ts'
import { loadNetwork } from '../src/networks/registry.ts'
import { readPicture } from '../src/pictures/files.ts'
import type { Picture } from '../src/pictures/picture.ts'
import { textureSynthesis } from '../src/recipes/texture-synthesis.ts'
import { openAlbum } from '../src/report/album.ts'
import { madeWith } from '../src/report/made-with.ts'

interface Result {
  readonly layer: string
  readonly loss: number
  readonly image: Picture
}

const params = {
  image: picture('../pictures/starry-night.jpg', { label: 'the texture to survey' }),
  size: 160,
  network: 'default',
  steps: 40,
  seed: 1,
}

test('Layer Survey', { tags: ['experiment'], params }, async ({ notebook, params, signal, expect }) => {
  notebook.md`
    *What does each layer know of a texture?* The same texture is made again and again, from the same chance, each time with
    one more layer: first colours, then grain, then strokes, then whirls.
  `
  const network = await loadNetwork(params.network, { layers: ({ style }) => style })
  const sample = await readPicture(params.image.data, { size: params.size })
  const { engine, reason } = await openEngine('auto')
  notebook.md(madeWith(network, { engine, reason }))
  const { style } = network.taste
  const progress = notebook.progress(style.length, 'layers')
  const album = await openAlbum(notebook)
  const survey = await notebook.code('One more layer each time', () =>
    album.fill<Result>('layers', style.length, async (i) => {
      progress.update(i)
      let last
      const options = { sample, layers: style.slice(0, i + 1), scales: 2, steps: params.steps, seed: params.seed }
      for await (const step of textureSynthesis(network, options, { engine, signal })) last = step
      return { layer: style[i]!, loss: last!.loss, image: last!.pixels }
    }),
  )
  progress.update(style.length)
  notebook.gallery([
    { image: sample, alt: params.image.name, caption: 'The sample' },
    ...survey.map(({ layer, image }) => ({ image, alt: `A texture with the layers up to ${layer}`, caption: layer })),
  ])
  notebook.table(
    survey.map(({ layer, loss }) => ({ 'layers up to': layer, loss })),
    { caption: 'What is left of the loss' },
  )
  for (const { loss } of survey) expect(loss).toBeLessThan(0.2)
})
