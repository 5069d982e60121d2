// Mordvintsev, Olah and Tyka 2015, "Inceptionism: going deeper into neural networks".
import { choice, picture, test } from 'vitest-notebook'
import { openEngine } from './src/engines/open-engine.ts'
import { layersFrom } from './src/networks/layer-list.ts'
import { loadNetwork } from './src/networks/registry.ts'
import { summarize } from './src/networks/summary.ts'
import { readPicture } from './src/pictures/files.ts'
import { Timeline } from './src/pictures/timeline.ts'
import type { Frame } from './src/pictures/timeline.ts'
import { dream } from './src/recipes/dream.ts'
import type { DreamState } from './src/recipes/dream.ts'

const params = {
  image: picture('./pictures/cat.jpg', { label: 'the photograph to dream of' }),
  size: 400,
  network: 'default',
  layers: '',
  octaves: 4,
  steps: 15,
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
  const network = await loadNetwork(params.network)
  const layers = layersFrom(params.layers, network.taste.dream)
  const photograph = await readPicture(params.image.data, { size: params.size })
  const { engine, reason } = await openEngine(params.engine)
  notebook.md`
    Dreaming of **${params.image.name}**, ${photograph.width} × ${photograph.height} pixels, with the layers
    ${layers.join(' and ')} of the network **${network.name}**. The engine is ${engine.device}. ${reason}
  `
  await notebook.details('The network', (inside) => inside.md(summarize(network)))

  const saved = await notebook.checkpoint.load<{ state: DreamState; frames: Frame[] }>()
  const timeline = new Timeline({ ...photograph, steps: params.octaves * params.steps, resume: saved?.frames })
  if (!saved) timeline.add(0, photograph)
  const canvas = notebook.image(photograph, { alt: 'The canvas while it is dreamt on', caption: 'The canvas' })
  const activity = notebook.plot({
    title: 'Convergence: the mean power of the layers, which jumps where the canvas grows',
    x: 'step',
    y: 'activity',
    scale: 'log',
  })

  await notebook.code('Dream, octave by octave', async () => {
    const steps = dream(
      network,
      { ...params, photograph, layers, tile: params.tile || undefined },
      { engine, signal, resume: saved?.state },
    )
    for await (const { step, loss, pixels, state } of steps) {
      canvas.update(pixels)
      activity.add({ step, activity: -loss })
      timeline.add(step, pixels)
      if (step % params.steps === 0) await notebook.checkpoint.save({ state, frames: timeline.frames })
    }
  })

  notebook.md`## The result`
  notebook.compare(photograph, timeline.frames.at(-1)!, { alt: `${params.image.name} before and after the dream` })
  await notebook.video(timeline.film(), { fps: 8, alt: `How the dream of ${params.image.name} came about` })
  expect(activity.last.activity).toBeGreaterThan(2 * activity.first.activity)
})
