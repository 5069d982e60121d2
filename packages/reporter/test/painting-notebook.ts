import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import type { NotebookDocument } from '../src/journal/document.ts'
import type { ImageRef } from '../src/journal/schema.ts'
import { SampleNotebook } from './sample-notebook.ts'

const PHOTOGRAPH = new URL('../../../experiments/pictures/pagoda.jpg', import.meta.url)
const WIDTH = 720
const RADII = [3, 5, 7, 9, 11, 13, 15]

const PROSE = `A *median filter* replaces every pixel by the middle one of its neighbours. Flat regions grow, edges stay: the photograph
turns into a **painting** ([Tukey, 1974](https://en.wikipedia.org/wiki/Median_filter)). How far it goes is a matter of the radius $r$.

# What is measured

The distance to the photograph $P$ is the mean absolute difference over the pixels of the painting $M_r$:

$$d(r) = \\frac{1}{3N} \\sum_{i} \\left| M_r(i) - P(i) \\right|$$

| radius | effect |
|-------:|:-------|
| 1-3 | noise goes, leaves stay |
| 5-9 | strokes of a broad brush |
| above | shapes alone |

- [x] edges are kept
- [ ] colours of the palette are limited
`

const MEASURE = `const painted = await sharp(photograph).median(radius).toBuffer()
const difference = await sharp(photograph).composite([{ input: painted, blend: 'difference' }]).stats()
// over the three channels, 0-255
return mean(difference.channels.map(({ mean }) => mean))`

/** A notebook about something that is really computed here: what the gallery of the documentation shows. */
export async function paintingNotebook(folder: string): Promise<NotebookDocument> {
  const notebook = new SampleNotebook(folder)
  const photograph = await sharp(await readFile(PHOTOGRAPH))
    .resize({ width: WIDTH })
    .removeAlpha()
    .png()
    .toBuffer()
  const store = async (data: Buffer): Promise<ImageRef> => {
    const { data: jpeg, info } = await sharp(data).jpeg({ quality: 86 }).toBuffer({ resolveWithObject: true })
    return { ...(await notebook.asset(jpeg, 'jpeg', 'image/jpeg')), width: info.width, height: info.height }
  }
  const paintings: { radius: number; image: ImageRef; distance: number; deepest: number }[] = []
  for (const radius of RADII) {
    const painted = await sharp(photograph).median(radius).png().toBuffer()
    const difference = await sharp(
      await sharp(photograph)
        .composite([{ input: painted, blend: 'difference' }])
        .png()
        .toBuffer(),
    ).stats()
    const means = difference.channels.slice(0, 3).map(({ mean }) => mean)
    const distance = means.reduce((sum, mean) => sum + mean, 0) / 3
    paintings.push({
      radius,
      image: await store(painted),
      distance,
      deepest: Math.max(...difference.channels.slice(0, 3).map(({ max }) => max)),
    })
  }
  const last = paintings.at(-1)!
  notebook.add({ kind: 'markdown', source: PROSE })
  notebook.add(
    {
      kind: 'code',
      title: 'Measure the distance',
      source: MEASURE,
      language: 'typescript',
      location: { file: 'experiments/painting.experiment.ts', line: 24, column: 3, endLine: 27 },
    },
    {
      streams: [
        {
          name: 'stdout',
          text: paintings
            .map(
              ({ radius, distance }) =>
                `radius ${radius}\t\u001B[32m✓\u001B[0m distance \u001B[33m${distance.toFixed(3)}\u001B[0m\n`,
            )
            .join(''),
        },
        { name: 'stderr', text: 'warning: the photograph has no colour profile, sRGB is assumed\n' },
      ],
      end: { seconds: 2.31, value: { 'text/plain': String(Number(last.distance.toFixed(4))) } },
    },
  )
  notebook.add({ kind: 'markdown', source: '## What comes of it' })
  notebook.add({
    kind: 'compare',
    before: await store(photograph),
    after: paintings[4]!.image,
    alt: 'The photograph, and the painting of radius 9',
  })
  notebook.add(
    { kind: 'plot', spec: { title: 'Distance to the photograph', x: 'radius', y: ['mean', 'largest ÷ 10'] } },
    {
      points: paintings.map(({ radius, distance, deepest }) => ({
        radius,
        mean: distance,
        'largest ÷ 10': deepest / 10,
      })),
    },
  )
  notebook.add({
    kind: 'gallery',
    items: paintings.map(({ radius, image }) => ({
      image,
      alt: `The pagoda, painted with radius ${radius}`,
      caption: `radius ${radius}`,
    })),
  })
  notebook.add({
    kind: 'table',
    columns: [
      { name: 'radius', type: 'number' },
      { name: 'distance', type: 'number' },
      { name: 'largest', type: 'number' },
      { name: 'file', type: 'string' },
    ],
    rows: paintings.map(({ radius, distance, deepest, image }) => [
      radius,
      distance,
      deepest,
      `${Math.round(image.bytes / 1000)} kB`,
    ]),
    caption: 'Radius and distance',
    statistics: true,
  })
  notebook.add(
    {
      kind: 'question',
      title: 'Which one is the best?',
      fields: { radius: { type: 'choice' }, because: { type: 'text' } },
    },
    { end: { seconds: 18.4, answer: { radius: '9', because: 'the roof is still crisp' } } },
  )
  notebook.add({ kind: 'progress', label: 'Radii', value: RADII.length, total: RADII.length })
  notebook.add({ kind: 'file', name: 'painting.jpg', file: paintings[4]!.image })
  notebook.add(
    {
      kind: 'code',
      title: 'Ask for too much',
      source: 'await sharp(photograph).median(5000).toBuffer()',
      language: 'typescript',
      location: { file: 'experiments/painting.experiment.ts', line: 51, column: 3, endLine: 51 },
    },
    {
      end: {
        seconds: 0.003,
        error: {
          name: 'Error',
          message: 'Expected integer between 1 and 1000 for size but received 5000 of type number',
          stack:
            'Error: Expected integer between 1 and 1000 for size but received 5000 of type number\n    at paint (experiments/src/paint.ts:14:22)\n    at experiments/painting.experiment.ts:51:9',
        },
      },
    },
  )
  const why = notebook.cell({
    kind: 'markdown',
    source: 'A mean would blur the edges; the median of a half plane is still a half plane.',
  })
  notebook.add({ kind: 'details', title: 'Why the median and not the mean' }, { children: [why], end: { seconds: 0 } })
  const document = notebook.document({ seconds: 41.7, meta: {} })
  const parameters = { values: { image: { name: 'pagoda.jpg' }, width: WIDTH, radii: RADII.join(', ') }, specs: {} }
  const begin = {
    ...document.begin,
    title: 'Painting by Medians',
    file: 'experiments/painting.experiment.ts',
    test: ['Painting by Medians'],
    parameters,
  }
  const command = 'npx vitest-notebook run experiments/painting.experiment.ts --param image=pagoda.jpg -- --pool=ec2'
  return { ...document, begin: { ...begin, provenance: { ...begin.provenance, command } } }
}
