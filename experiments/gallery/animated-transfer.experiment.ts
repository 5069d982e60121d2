// Gatys, Ecker and Bethge 2015, "A neural algorithm of artistic style", whose many solutions are gone through here.
import { picture, test } from 'vitest-notebook'
import { openEngine } from '../src/engines/open-engine.ts'
import { loadNetwork } from '../src/networks/registry.ts'
import { readPicture } from '../src/pictures/files.ts'
import { mix } from '../src/pictures/mix.ts'
import type { Picture } from '../src/pictures/picture.ts'
import { plasma } from '../src/pictures/plasma.ts'
import { styleTransfer } from '../src/recipes/style-transfer.ts'

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
  const network = await loadNetwork(params.network)
  const photograph = await readPicture(params.image.data, { size: params.size })
  const painting = await readPicture(params.style.data, { size: 512 })
  const { engine, reason } = await openEngine('auto')
  notebook.gallery([
    { image: photograph, alt: params.image.name, caption: 'The content' },
    { image: painting, alt: params.style.name, caption: 'The style' },
  ])
  notebook.md`The network is **${network.name}**, the engine ${engine.device}. ${reason}`

  const { keys, between, contentWeight, steps, refining, seed } = params
  const saved = await notebook.checkpoint.load<{ painted: Painted[]; film: Picture[] }>()
  const painted = saved?.painted ?? []
  const film = saved?.film ?? []
  const canvas = notebook.image(photograph, { alt: 'The canvas', caption: 'The canvas' })
  const convergence = notebook.plot({ title: 'Convergence of each painting', x: 'step', y: 'loss', scale: 'log' })
  await notebook.code('Paint from several chances', async () => {
    const options = { photograph, painting, contentWeight, steps }
    for (let key = painted.length; key < keys; key++) {
      const start = mix(photograph, plasma(photograph, { seed: seed + key }), 0.4)
      let last
      for await (const step of styleTransfer(network, { ...options, start }, { engine, signal })) {
        last = step
        canvas.update(step.pixels)
        convergence.add({ step: key * 2 * steps + step.step, loss: step.loss })
      }
      painted.push({ loss: last!.loss, image: last!.pixels })
      await notebook.checkpoint.save({ painted, film })
    }
  })
  await notebook.code('Paint what lies between', async () => {
    const options = { photograph, painting, contentWeight, scales: 1, steps: refining }
    for (let frame = film.length; frame < keys * (between + 1); frame++) {
      const key = Math.floor(frame / (between + 1))
      const share = (frame % (between + 1)) / (between + 1)
      let image = mix(painted[key]!.image, painted[(key + 1) % keys]!.image, share)
      if (share > 0) {
        const start = image
        for await (const step of styleTransfer(network, { ...options, start }, { engine, signal })) image = step.pixels
      }
      canvas.update(image)
      film.push(image)
      await notebook.checkpoint.save({ painted, film })
    }
  })

  notebook.md`## The result`
  await notebook.video(film, { fps: 6, alt: `${params.image.name}, painted with strokes that move` })
  notebook.gallery(painted.map(({ image }, i) => ({ image, alt: `Painting ${i + 1}`, caption: `Painting ${i + 1}` })))
  for (const { loss } of painted) expect(loss).toBeLessThan(0.5)
})
