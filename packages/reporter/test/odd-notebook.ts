import type { NotebookDocument } from '../src/journal/document.ts'
import { SampleNotebook } from './sample-notebook.ts'

const MERMAID = `flowchart LR
  photo[Photograph] --> octaves{Octaves}
  octaves -->|enlarge| ascend[Climb the gradient]
  ascend --> octaves
  ascend --> dream[Dream]`

/** What the other sample does not show: a killed run, long and wide things, footnotes, diagrams, odd values. */
export async function oddNotebook(folder: string): Promise<NotebookDocument> {
  const notebook = new SampleNotebook(folder)
  notebook.add({
    kind: 'markdown',
    source: `A long word: ${'Donaudampfschifffahrtsgesellschaft'.repeat(5)} and a long address https://example.org/${'path/'.repeat(40)}.

A footnote[^1], a \`code span that is rather long and does not break at all ${'x'.repeat(80)}\`, <kbd>Ctrl</kbd> + <kbd>C</kbd>, H<sub>2</sub>O, ~~gone~~.

[^1]: With **bold** words in it.

\`\`\`mermaid
${MERMAID}
\`\`\`

1. first
   - nested
     1. deeper

       \`\`\`sh
       npx vitest run --pool=ec2 ${'--option=value '.repeat(12)}
       \`\`\`
2. second

<details><summary>Folded by hand</summary>

Inside.

</details>`,
  })
  notebook.add(
    { kind: 'plot', spec: { x: 'step', y: 'loss', yLabel: 'loss per pixel' } },
    { points: Array.from({ length: 60 }, (_, step) => ({ step, loss: Math.sin(step / 9) * step })) },
  )
  notebook.add(
    { kind: 'plot', spec: { title: 'One point', x: 'step', y: 'loss' } },
    { points: [{ step: 3, loss: 0.2 }] },
  )
  notebook.add({ kind: 'plot', spec: { title: 'Nothing yet', x: 'step', y: ['a', 'b', 'c'] } })
  notebook.add({
    kind: 'table',
    columns: Array.from({ length: 14 }, (_, index) => ({
      name: `column ${index}`,
      type: index < 2 ? ('string' as const) : ('number' as const),
    })),
    rows: Array.from({ length: 60 }, (_, row) =>
      Array.from({ length: 14 }, (_, index) => (index < 2 ? `a rather long value ${row}` : row ** index / 7)),
    ),
    statistics: true,
  })
  notebook.add({
    kind: 'display',
    data: {
      'application/json': {
        json: Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`key${index}`, { index, list: [1, 2, 3] }])),
      },
    },
  })
  notebook.add({
    kind: 'display',
    title: 'An SVG',
    data: {
      'image/svg+xml':
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40" width="240"><rect width="120" height="40" rx="8" fill="#7a4a00"/><text x="60" y="26" fill="#fff" text-anchor="middle" font-size="18">SVG</text></svg>',
      'text/plain': 'a label',
    },
  })
  notebook.add({ kind: 'display', data: { 'text/latex': '$$e^{i\\pi} + 1 = 0$$' } })
  notebook.add({ kind: 'display', title: 'A tall picture', data: { 'image/png': await notebook.image(120, 400, 2) } })
  notebook.add({ kind: 'image', image: await notebook.image(24, 24), alt: 'A very small picture' })
  notebook.add({ kind: 'image', image: await notebook.image(2400, 500, 1, 'jpeg'), alt: 'A very wide picture' })
  notebook.add({
    kind: 'compare',
    before: await notebook.image(300, 500),
    after: await notebook.image(300, 500, 3),
    alt: 'Tall pictures',
  })
  notebook.add({
    kind: 'gallery',
    items: [{ image: await notebook.image(200, 150, 4), alt: 'The only picture', caption: 'alone' }],
  })
  notebook.add(
    {
      kind: 'code',
      title: 'A cell with a title so long that it does not fit into one line of the head of its card on any phone',
      source: `const wide = '${'0123456789'.repeat(24)}'`,
      language: 'typescript',
      location: { file: 'experiments/a-file-with-a-long-name.experiment.ts', line: 120, column: 3, endLine: 120 },
    },
    {
      streams: [
        {
          name: 'stdout',
          text: '\u001B[1mbold\u001B[0m \u001B[4munderlined\u001B[0m \u001B[41;97mwhite on red\u001B[0m \u001B[90mgrey\u001B[0m \u001B[38;5;208morange\u001B[0m\n10 %\r50 %\r100 % done\n',
        },
      ],
      end: { seconds: 7261, value: { 'text/plain': '42' } },
    },
  )
  notebook.add(
    {
      kind: 'question',
      title: 'Where to dream?',
      fields: { mask: { type: 'mask', label: 'The mask' }, note: { type: 'text' } },
    },
    { end: { seconds: 4, answer: { mask: { name: 'mask.png', ...(await notebook.image(160, 90, 1)) }, note: '' } } },
  )
  const waiting = notebook.cell({
    kind: 'question',
    title: 'Go on?',
    fields: { steps: { type: 'number' }, name: { type: 'text' } },
  })
  const inside = notebook.cell(
    { kind: 'code', title: 'Upscale', source: 'await upscale(canvas)', language: 'typescript' },
    { streams: [{ name: 'stdout', text: 'tile 3 of 16\n' }] },
  )
  notebook.add(
    { kind: 'subreport', title: 'High resolution', slug: 'high' },
    { children: [notebook.cell({ kind: 'markdown', source: 'In tiles of 512 pixels.' }), waiting, inside] },
  )
  return notebook.document({ status: 'killed', seconds: 96, meta: {} })
}
