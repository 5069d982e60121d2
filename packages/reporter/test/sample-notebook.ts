import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import type { DocumentCell, NotebookDocument } from '../src/journal/document.ts'
import type { AssetRef, CellContent, ImageRef } from '../src/journal/schema.ts'
import { animation, pattern } from './pattern.ts'

const STARTED = Date.UTC(2026, 10, 24, 14, 30, 5)

/** A notebook's folder under construction: makes cells, and assets with real bytes. */
export class SampleNotebook {
  readonly folder: string
  readonly cells: DocumentCell[] = []
  #count = 0

  constructor(folder: string) {
    this.folder = folder
  }

  cell(content: CellContent, more: Partial<DocumentCell> = {}): DocumentCell {
    const id = `c${++this.#count}`
    return { id, content, startedAt: STARTED + this.#count * 1000, children: [], streams: [], points: [], ...more }
  }

  add(content: CellContent, more: Partial<DocumentCell> = {}): DocumentCell {
    const cell = this.cell(content, more)
    this.cells.push(cell)
    return cell
  }

  async asset(data: Uint8Array | string, extension: string, mediaType: string): Promise<AssetRef> {
    const bytes = Buffer.from(data)
    const path = `assets/${createHash('sha256').update(bytes).digest('hex')}.${extension}`
    await mkdir(join(this.folder, 'assets'), { recursive: true })
    await writeFile(join(this.folder, path), bytes)
    return { path, bytes: bytes.length, mediaType }
  }

  /** @param phase moves the pattern, so that pictures differ */
  async image(
    width: number,
    height: number,
    phase = 0,
    format: 'png' | 'jpeg' | 'webp' | 'gif' | 'alpha' = 'png',
  ): Promise<ImageRef> {
    const channels = format === 'alpha' ? 4 : 3
    const drawn = sharp(pattern(width, height, channels, phase), { raw: { width, height, channels } })
    const type = format === 'alpha' ? 'png' : format
    const asset = await this.asset(await drawn.toFormat(type).toBuffer(), type, `image/${type}`)
    return { ...asset, width, height }
  }

  document(change: Partial<NotebookDocument> = {}): NotebookDocument {
    return {
      begin: {
        type: 'begin',
        version: 1,
        id: 'n1',
        title: 'Deep Dream',
        file: 'experiments/dream.experiment.ts',
        test: ['Deep Dream'],
        line: 12,
        project: 'experiments',
        run: '2026-11-24T14-30-05Z-k3x9',
        attempt: 1,
        parameters: {
          values: { image: { name: 'earth.jpg' }, size: 512, steps: 40, octaves: 3, layer: 'mixed4c' },
          specs: {},
        },
        provenance: {
          commit: '69dae914bd0c8d1f0a6a4c2be0b6fa0c3e1d2f3a',
          branch: 'main',
          repository: 'https://github.com/example/art',
          dirty: true,
          lockfile: { path: 'package-lock.json', sha256: 'ab'.repeat(32) },
          command: 'npx vitest-notebook run experiments/dream.experiment.ts --param size=512 -- --pool=ec2',
          node: 'v24.21.0',
          platform: 'linux x64',
          cpu: 'AMD EPYC 7R32, 4 cores',
          memoryBytes: 16_400_000_000,
          gpu: [{ name: 'Tesla T4', memoryMiB: 15360, driver: '550.163.01' }],
          host: { id: 'i-0abc12345', type: 'g4dn.xlarge', market: 'spot', region: 'us-east-1', usdPerHour: 0.1996 },
          seed: 42,
        },
      },
      startedAt: STARTED,
      lastAt: STARTED + 252_000,
      lastSeq: 120,
      status: 'passed',
      seconds: 252.4,
      errors: [],
      meta: { network: 'InceptionV1', weights: 'sha256:77ab…' },
      cells: this.cells,
      ...change,
    }
  }
}

export const TORTURE =
  'Łódź naïve façade — “quotes” … ﬁne · Ελληνικά αβγ · Кириллица ёж · ∑∫√≈≠≤∞ → ⇒ · 日本語の文章 · ┌─┬─┐ ░▒▓█ ⠋⠙⠹ ⣿ · 😀 🚀 👩‍🔬 ✅'

/** A notebook with every kind of cell. */
export async function sampleNotebook(folder: string): Promise<NotebookDocument> {
  const notebook = new SampleNotebook(folder)
  notebook.add({ kind: 'markdown', source: PROSE })
  notebook.add(
    {
      kind: 'code',
      title: 'Load the network',
      source:
        "const network = await loadNetwork('default', { cache: true })\n// the taps that the dream climbs\nconst taps = network.layers.filter((layer) => /mixed4[a-e]/.test(layer.name))\nreturn taps.map(({ name, shape }) => `${name} ${shape.join('×')}`)",
      language: 'typescript',
      location: { file: 'experiments/dream.experiment.ts', line: 14, column: 3, endLine: 18 },
    },
    {
      streams: [
        {
          name: 'stdout',
          text: 'cache hit: 4.8 MB\n\u001B[32m✓\u001B[0m 59 layers, \u001B[33m7.0 M\u001B[0m weights\n',
        },
        { name: 'stderr', text: 'warning: no GPU kernel for lrn, using the fallback\n' },
      ],
      end: { seconds: 1.84, value: { 'application/json': { json: ['mixed4a 14×14×508', 'mixed4b 14×14×512'] } } },
    },
  )
  notebook.add({
    kind: 'markdown',
    source: '## Dreaming\n\nEach octave starts from the one before, enlarged by $\\sqrt{2}$.',
  })
  notebook.add({
    kind: 'image',
    image: await notebook.image(720, 480, 0.3, 'jpeg'),
    alt: 'The canvas after 40 steps: rings of colour that melt into each other',
    caption: 'The canvas after 40 steps',
  })
  notebook.add(
    { kind: 'plot', spec: { title: 'Loss while climbing', x: 'step', y: ['loss', 'total variation'], scale: 'log' } },
    {
      points: Array.from({ length: 400 }, (_, step) => ({
        step,
        loss: 3 * Math.exp(-step / 90) + 0.02 + 0.004 * Math.sin(step * 1.7),
        'total variation': 0.4 * Math.exp(-step / 200) + 0.05,
      })),
    },
  )
  notebook.add({
    kind: 'compare',
    before: await notebook.image(600, 400, 0),
    after: await notebook.image(600, 400, 2.4),
    alt: 'The photograph and the dream',
  })
  const items = []
  for (let index = 0; index < 9; index++) {
    items.push({
      image: await notebook.image(320, 320, index * 0.7, index % 2 ? 'webp' : 'alpha'),
      alt: `Octave ${index + 1}`,
      caption: `octave ${index + 1}`,
    })
  }
  notebook.add({ kind: 'gallery', items })
  notebook.add({
    kind: 'table',
    columns: [
      { name: 'layer', type: 'string' },
      { name: 'weight', type: 'number' },
      { name: 'loss', type: 'number' },
      { name: 'used', type: 'boolean' },
    ],
    rows: Array.from({ length: 14 }, (_, index) => [
      `mixed${3 + (index % 3)}${'abcde'[index % 5]}`,
      index === 5 ? null : 1 / (index + 1),
      0.001234 * index ** 3,
      index % 2 === 0,
    ]),
    caption: 'Layers and their weights',
    statistics: true,
  })
  notebook.add({
    kind: 'markdown',
    source: `### Scripts\n\n${TORTURE}\n\n\`\`\`ts\nconst box = '┌─┐ 日本 ∑ 😀'\n\`\`\``,
  })
  notebook.add(
    { kind: 'code', title: 'Optimise', source: LONG_SOURCE, language: 'typescript' },
    {
      streams: [
        {
          name: 'stdout',
          text: Array.from({ length: 900 }, (_, step) => `step ${step} loss ${(3 / (step + 1)).toFixed(5)}`).join('\n'),
        },
      ],
      end: { seconds: 201.2, value: { 'text/plain': '{ loss: 0.0333, steps: 900 }' } },
    },
  )
  notebook.add(
    { kind: 'code', source: "throw new TypeError('the canvas is empty')", language: 'typescript' },
    {
      end: {
        seconds: 0.004,
        error: {
          name: 'TypeError',
          message: 'the canvas is empty',
          stack:
            'TypeError: the canvas is empty\n    at dream (experiments/src/dream.ts:40:11)\n    at experiments/dream.experiment.ts:31:5',
          cause: { name: 'RangeError', message: 'width is 0' },
        },
      },
    },
  )
  const inside = notebook.cell({ kind: 'markdown', source: 'The details are *folded*.\n\n1. one\n2. two' })
  notebook.add({ kind: 'details', title: 'How the step size was found' }, { children: [inside], end: { seconds: 0.1 } })
  const nested = notebook.cell({
    kind: 'markdown',
    source: '# A heading of the sub-report\n\nWith a table:\n\n| a | b |\n|---|--:|\n| x | 1 |',
  })
  notebook.add(
    { kind: 'subreport', title: 'The same with another layer', slug: 'layer' },
    { children: [nested], end: { seconds: 33 } },
  )
  notebook.add({ kind: 'progress', label: 'Octaves', value: 3, total: 4 })
  notebook.add({
    kind: 'file',
    name: 'weights.json',
    file: await notebook.asset('{"a":1}', 'json', 'application/json'),
  })
  notebook.add(
    { kind: 'question', title: 'Which layer?', fields: { layer: { type: 'choice' }, strength: { type: 'number' } } },
    { end: { seconds: 12.5, answer: { layer: 'mixed4c', strength: 0.8 } } },
  )
  notebook.add({ kind: 'endpoint', path: '/preview' })
  notebook.add({
    kind: 'display',
    title: 'Summary',
    data: {
      'text/html': '<p>Best <b>layer</b>: <code>mixed4c</code></p><script>window.hacked = 1</script>',
      'text/plain': 'Best layer: mixed4c',
    },
  })
  notebook.add({
    kind: 'video',
    video: await notebook.asset(await animation(), 'webp', 'image/webp'),
    poster: await notebook.image(160, 120, 1),
    fps: 12,
    frames: 12,
    width: 160,
    height: 120,
    alt: 'The canvas over time',
  })
  return notebook.document()
}

const PROSE = `The network looks at a photograph and **exaggerates** what it believes to see ([Mordvintsev et al., 2015](https://research.google/blog/inceptionism)).
We climb the gradient of a layer's mean activation with respect to the *pixels*, octave by octave.

# The objective

For a layer $\\ell$ with features $F^\\ell$ the dream maximises its mean power, held back by the total variation:

$$\\mathcal{L}(x) = -\\frac{1}{2N_\\ell}\\sum_{ij} \\left(F^\\ell_{ij}(x)\\right)^2 + \\lambda \\int_\\Omega |\\nabla x|\\,dA$$

- [x] gradients agree with finite differences
- [ ] jitter of \`32\` pixels
  - nested: steps of size \`0.01\`

> Whatever you see there, I want more of it!

| layer | sees | weight |
|:------|:----:|-------:|
| \`mixed3a\` | edges and textures | 0.25 |
| \`mixed4c\` | eyes, wheels, dogs | 1.00 |
`

const LONG_SOURCE = `for (const octave of octaves(canvas, { count: 4, ratio: Math.SQRT2 })) {
  for (let step = 0; step < params.steps; step++) {
    const { loss, gradient } = await evaluator.evaluate(octave.pixels) // the gradient has the shape [height, width, 3]
    octave.pixels = ascend(octave.pixels, gradient, { size: 0.01 / meanAbsolute(gradient), jitter: 32, clamp: [0, 255], reflectTheEdgesSoThatNothingSmears: true })
    console.log(\`step \${step} loss \${loss.toFixed(5)}\`)
  }
}
return { loss, steps }
${Array.from({ length: 30 }, (_, index) => `const unused${index} = ${index}`).join('\n')}`
