import { writeSync } from 'node:fs'
import { shareSession, WrittenNotebook } from '../src/notebook/notebook.ts'
import { Session } from '../src/notebook/session.ts'

// A worker that writes until somebody kills it. After each call that returned it says which cell that was.
const [folder = '', sourceRoot = ''] = process.argv.slice(2)
const session = new Session({
  folder,
  begin: {
    type: 'begin',
    version: 1,
    id: 'endless',
    title: 'Endless',
    file: 'endless.experiment.ts',
    test: ['Endless'],
    project: '',
    run: 'r',
    attempt: 1,
    provenance: {},
  },
  secrets: { texts: [], patterns: [] },
  signal: new AbortController().signal,
  baseDir: sourceRoot,
  sourceRoot,
  interactive: false,
  answers: [],
  earlier: [],
})
const notebook = new WrittenNotebook(shareSession(session))
const pixels = { data: new Uint8Array(64 * 64 * 3), width: 64, height: 64, channels: 3 } as const
const loss = notebook.plot({ x: 'step', y: 'loss' })
for (let step = 0; ; step++) {
  notebook.md(`prose ${step}`)
  say(`prose ${step}`)
  loss.add({ step, loss: 1 / (step + 1) })
  say(`point ${step}`)
  notebook.image({ ...pixels, data: pixels.data.fill(step % 256) }, { alt: `picture ${step}` })
  say(`picture ${step}`)
  await notebook.code(`code ${step}`, async () => {
    console.log(`printed ${step}`)
    say(`printed ${step}`)
    await new Promise((resolve) => setTimeout(resolve, step % 3))
  })
  say(`code ${step}`)
}

/** Past Node's buffers: what was said stays said. */
function say(what: string): void {
  writeSync(3, `${what}\n`)
}
