// Mordvintsev, Olah and Tyka 2015, "Inceptionism: going deeper into neural networks".
import { choice, picture, test } from 'vitest-notebook'
import { openEngine } from './src/engines/open-engine.ts'
import { layersFrom } from './src/networks/layer-list.ts'
import type { Taste } from './src/networks/network.ts'
import { loadNetwork } from './src/networks/registry.ts'
import { summarize } from './src/networks/summary.ts'
import { readPicture } from './src/pictures/files.ts'
import { dream } from './src/recipes/dream.ts'
import type { DreamState } from './src/recipes/dream.ts'
import { openCanvas } from './src/report/canvas.ts'
import { madeWith } from './src/report/made-with.ts'

const params = {
  image: picture('./pictures/cat.jpg', { label: 'the photograph to dream of' }),
  size: 400,
  network: 'default',
  layers: '',
  octaves: 4,
  steps: 15,
  minutes: 0,
  stepSize: 1.5,
  tile: 0,
  seed: 1,
  engine: choice('auto', 'onnx', 'tfjs'),
}

test('Deep Dream', { tags: ['experiment'], params }, async ({ notebook, params, signal, expect }) => {
  notebook.md`
    *What does a network see in a picture, and what if it saw more of it?* A photograph is changed by gradient ascent until
    the layers of a network answer as strongly as they can, at growing sizes, so that large and small things appear
    ([Mordvintsev, Olah and Tyka 2015](https://research.google/blog/inceptionism-going-deeper-into-neural-networks/)).
  `
  const chosen = (taste: Taste) => layersFrom(params.layers, taste.dream)
  const network = await loadNetwork(params.network, { layers: chosen })
  const layers = chosen(network.taste)
  const photograph = await readPicture(params.image.data, { size: params.size })
  const { engine, reason } = await openEngine(params.engine)
  notebook.md`
    Dreaming of **${params.image.name}**, ${photograph.width} × ${photograph.height} pixels, with the layers
    ${layers.join(' and ')}. ${madeWith(network, { engine, reason })}
  `
  await notebook.details('The network', (inside) => inside.md(summarize(network)))

  const canvas = await openCanvas<DreamState>(notebook, photograph, {
    alt: 'The canvas while it is dreamt on',
    convergence: {
      title: 'Convergence: the mean power of the layers, which jumps where the canvas grows',
      y: 'activity',
      of: (loss) => -loss,
    },
    steps: params.octaves * params.steps,
    saveEvery: params.steps,
  })
  const result = await notebook.code('Dream, octave by octave', () => {
    const options = { ...params, photograph, layers }
    return canvas.follow(dream(network, options, { engine, signal, resume: canvas.resume }))
  })

  notebook.md`## The result`
  notebook.compare(photograph, result, { alt: `${params.image.name} before and after the dream` })
  await notebook.video(canvas.film(), { fps: 8, alt: `How the dream of ${params.image.name} came about` })
  if (!canvas.isCutShort) expect(canvas.last).toBeGreaterThan(2 * canvas.first)
})
