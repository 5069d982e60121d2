// Dumoulin, Shlens and Kudlur 2016, "A learned representation for artistic style": from one style to another, here by optimisation.
import { picture, test } from 'vitest-notebook'
import { openEngine } from '../src/engines/open-engine.ts'
import { loadNetwork } from '../src/networks/registry.ts'
import { readPicture } from '../src/pictures/files.ts'
import type { Picture } from '../src/pictures/picture.ts'
import { styleTransfer } from '../src/recipes/style-transfer.ts'
import { openAlbum } from '../src/report/album.ts'
import { LiveCanvas } from '../src/report/live-canvas.ts'
import { madeWith } from '../src/report/made-with.ts'

interface Painted {
  /** of the second painting */
  readonly share: number
  /** the loss after the first step, and after the last */
  readonly start: number
  readonly loss: number
  readonly image: Picture
}

const params = {
  image: picture('../pictures/pagoda.jpg', { label: 'the photograph to paint' }),
  from: picture('../pictures/starry-night.jpg', { label: 'the painting to begin with' }),
  to: picture('../pictures/brushes.jpg', { label: 'the painting to end with' }),
  size: 240,
  pictures: 5,
  network: 'default',
  contentWeight: 0.05,
  steps: 40,
}

test('Two-Style Sweep', { tags: ['experiment'], params }, async ({ notebook, params, signal, expect }) => {
  notebook.md`
    *One photograph, and a style that turns into another.* The statistics of two paintings are averaged, each time with more
    of the second; every picture starts from the photograph, so that only the style differs.
  `
  const network = await loadNetwork(params.network, { layers: ({ content, style }) => [...content, ...style] })
  const photograph = await readPicture(params.image.data, { size: params.size })
  const from = await readPicture(params.from.data, { size: 512 })
  const to = await readPicture(params.to.data, { size: 512 })
  const { engine, reason } = await openEngine('auto')
  notebook.gallery([
    { image: photograph, alt: params.image.name, caption: 'The content' },
    { image: from, alt: params.from.name, caption: 'The first style' },
    { image: to, alt: params.to.name, caption: 'The second style' },
  ])
  notebook.md(madeWith(network, { engine, reason }))

  const { contentWeight, steps, pictures } = params
  const canvas = new LiveCanvas(notebook, photograph, {
    alt: 'The canvas while it is painted on',
    convergence: { title: 'Convergence of each picture' },
  })
  const album = await openAlbum(notebook)
  const sweep = await notebook.code('More of the second style each time', () =>
    album.fill<Painted>('pictures', pictures, async (i) => {
      const share = pictures > 1 ? i / (pictures - 1) : 0.5
      const painting = [
        { painting: from, share: 1 - share },
        { painting: to, share },
      ]
      const options = { photograph, painting, contentWeight, steps }
      const { first, last } = await canvas.follow(styleTransfer(network, options, { engine, signal }), i * 2 * steps)
      return { share, start: first.loss, loss: last.loss, image: last.pixels }
    }),
  )

  notebook.md`## The result`
  const percent = (share: number) => `${Math.round(share * 100)} %`
  notebook.gallery(
    sweep.map(({ share, image }) => ({
      image,
      alt: `${params.image.name} with ${percent(share)} of the second style`,
      caption: `${percent(share)} ${params.to.name}`,
    })),
  )
  notebook.table(
    sweep.map(({ share, loss }) => ({
      [params.from.name]: percent(1 - share),
      [params.to.name]: percent(share),
      loss,
    })),
    { caption: 'What is left of the loss' },
  )
  const there = sweep.map(({ image }) => image)
  await notebook.video([...there, ...there.slice(1, -1).toReversed()], {
    fps: 2,
    alt: 'From one style to the other and back',
  })
  for (const { start, loss } of sweep) expect(loss).toBeLessThan(start / 4)
})
