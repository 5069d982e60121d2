import type { NotebookDocument } from '../src/journal/document.ts'
import type { AssetRef } from '../src/journal/schema.ts'
import { SampleNotebook } from './sample-notebook.ts'

/** One field with everything that might run or load something. */
export const HOSTILE =
  '"><script>window.hacked=1</script><img src=x onerror="window.hacked=1"><svg onload="window.hacked=1"><a href="javascript:window.hacked=1">x</a></title></style></textarea><iframe src="https://evil.example/"></iframe>\'--><base href="https://evil.example/">'

/** A notebook with hostile text in every field that takes text. */
export async function hostileNotebook(folder: string): Promise<NotebookDocument> {
  const notebook = new SampleNotebook(folder)
  const image = await notebook.image(40, 30)
  const evil: AssetRef = { path: 'assets/../../x"><script>window.hacked=1</script>.png', bytes: 3, mediaType: HOSTILE }
  notebook.add({
    kind: 'markdown',
    source: `# ${HOSTILE}\n\n${HOSTILE}\n\n[link](javascript:alert(1)) ![p](https://evil.example/p.png) <style>*{display:none}</style>\n\n$\\href{javascript:window.hacked=1}{x}$ $<script>$`,
  })
  notebook.add(
    {
      kind: 'code',
      title: HOSTILE,
      source: HOSTILE,
      language: 'typescript',
      location: { file: HOSTILE, line: 1, column: 1, endLine: 2 },
    },
    {
      streams: [
        {
          name: 'stdout',
          text: `${HOSTILE}\n\u001B]8;;javascript:window.hacked=1\u0007link\u001B]8;;\u0007\u001B[31m${HOSTILE}`,
        },
      ],
      end: { seconds: 1, value: { 'text/html': HOSTILE }, error: { name: HOSTILE, message: HOSTILE, stack: HOSTILE } },
    },
  )
  for (const type of ['text/html', 'image/svg+xml', 'text/markdown', 'text/latex', 'text/plain', HOSTILE]) {
    const data =
      type === 'image/svg+xml'
        ? `<svg xmlns="http://www.w3.org/2000/svg" onload="window.hacked=1"><script>window.hacked=1</script></svg>`
        : HOSTILE
    notebook.add({ kind: 'display', title: HOSTILE, data: { [type]: data } })
  }
  notebook.add({ kind: 'display', data: { 'application/json': { json: { [HOSTILE]: HOSTILE } } } })
  notebook.add({ kind: 'image', image, alt: HOSTILE, caption: HOSTILE })
  notebook.add({ kind: 'compare', before: image, after: image, alt: HOSTILE })
  notebook.add({
    kind: 'gallery',
    items: [
      { image, alt: HOSTILE, caption: HOSTILE },
      { image, alt: HOSTILE },
    ],
  })
  notebook.add({
    kind: 'table',
    columns: [{ name: HOSTILE, type: 'string' }],
    rows: [[HOSTILE]],
    caption: HOSTILE,
    statistics: true,
  })
  notebook.add(
    { kind: 'plot', spec: { title: HOSTILE, x: HOSTILE, y: [HOSTILE, 'b'], xLabel: HOSTILE, yLabel: HOSTILE } },
    {
      points: [
        { [HOSTILE]: 1, b: 2 },
        { [HOSTILE]: 2, b: 3 },
      ],
    },
  )
  notebook.add({ kind: 'progress', label: HOSTILE, value: 1, total: 2 })
  notebook.add({ kind: 'file', name: HOSTILE, file: evil })
  notebook.add({ kind: 'details', title: HOSTILE }, { end: { seconds: 1 } })
  notebook.add({ kind: 'subreport', title: HOSTILE, slug: HOSTILE }, { end: { seconds: 1 } })
  notebook.add(
    { kind: 'question', title: HOSTILE, fields: { [HOSTILE]: {} } },
    { end: { seconds: 1, answer: { [HOSTILE]: HOSTILE } } },
  )
  notebook.add({ kind: 'endpoint', path: HOSTILE })
  const document = notebook.document({ meta: { [HOSTILE]: HOSTILE }, errors: [{ name: HOSTILE, message: HOSTILE }] })
  return {
    ...document,
    begin: {
      ...document.begin,
      title: HOSTILE,
      file: HOSTILE,
      test: [HOSTILE, HOSTILE],
      parameters: { values: { [HOSTILE]: HOSTILE }, specs: {} },
      provenance: {
        ...document.begin.provenance,
        repository: `javascript:window.hacked=1//${HOSTILE}`,
        command: HOSTILE,
        commit: HOSTILE,
      },
    },
  }
}
