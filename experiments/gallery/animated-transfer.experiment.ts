// Gatys, Ecker and Bethge 2015, "A neural algorithm of artistic style", whose many solutions are gone through here.
import { picture, test } from 'vitest-notebook'
import { openEngine } from '../src/engines/open-engine.ts'
import { loadNetwork } from '../src/networks/registry.ts'
import { readPicture } from '../src/pictures/files.ts'
import { mix } from '../src/pictures/mix.ts'
import type { Picture } from '../src/pictures/picture.ts'
import { plasma } from '../src/pictures/plasma.ts'
import { styleTransfer } from '../src/recipes/style-transfer.ts'
import { openAlbum } from '../src/report/album.ts'
import { LiveCanvas } from '../src/report/live-canvas.ts'
import { madeWith } from '../src/report/made-with.ts'

interface Painted {
  readonly loss: number
  readonly image: Picture
}

const params = {
  image: picture('../pictures/pagoda.jpg', { label: 'the photograph to paint' }),
  style: picture('../pictures/starry-night.jpg', { label: 'the painting to paint it like' }),
  size: 240,
  keys: 3,
  between: 3,
  network: 'default',
  contentWeight: 0.05,
  steps: 40,
  refining: 8,
  seed: 1,
}

test('Animated Transfer', { tags: ['experiment'], params }, async ({ notebook, params, signal, expect }) => {
  notebook.md`
    *A painting whose strokes move.* A photograph is painted several times, each from other clouds of chance over it, so that the
    strokes lie elsewhere. Between each two paintings others are mixed, and painted over, so that they have strokes of their own;
    after the last comes the first.
  `
  const network = await loadNetwork(params.network, { layers: ({ content, style }) => [...content, ...style] })
  const photograph = await readPicture(params.image.data, { size: params.size })
  const painting = await readPicture(params.style.data, { size: 512 })
  const { engine, reason } = await openEngine('auto')
  notebook.gallery([
    { image: photograph, alt: params.image.name, caption: 'The content' },
    { image: painting, alt: params.style.name, caption: 'The style' },
  ])
  notebook.md(madeWith(network, { engine, reason }))

  const { keys, between, contentWeight, steps, refining, seed } = params
  const canvas = new LiveCanvas(notebook, photograph, {
    alt: 'The canvas while it is painted on',
    convergence: { title: 'Convergence of each painting' },
  })
  const album = await openAlbum(notebook)
  const painted = await notebook.code('Paint from several chances', () =>
    album.fill<Painted>('paintings', keys, async (key) => {
      const start = mix(photograph, plasma(photograph, { seed: seed + key }), 0.4)
      const options = { photograph, painting, contentWeight, steps, start }
      const { last } = await canvas.follow(styleTransfer(network, options, { engine, signal }), key * 2 * steps)
      return { loss: last.loss, image: last.pixels }
    }),
  )
  const film = await notebook.code('Paint what lies between', () =>
    album.fill('film', keys * (between + 1), async (frame) => {
      const key = Math.floor(frame / (between + 1))
      const share = (frame % (between + 1)) / (between + 1)
      const start = mix(painted[key]!.image, painted[(key + 1) % keys]!.image, share)
      const options = { photograph, painting, contentWeight, scales: 1, steps: refining, start }
      let image = start
      if (share > 0) {
        for await (const step of styleTransfer(network, options, { engine, signal })) image = step.pixels
      }
      canvas.show(image)
      return image
    }),
  )

  notebook.md`## The result`
  await notebook.video(film, { fps: 6, alt: `${params.image.name}, painted with strokes that move` })
  notebook.gallery(painted.map(({ image }, i) => ({ image, alt: `Painting ${i + 1}`, caption: `Painting ${i + 1}` })))
  for (const { loss } of painted) expect(loss).toBeLessThan(0.5)
})
