import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createProject } from '../packages/reporter/test/project.ts'
import { inTurn, type Bench, type Row } from './measure.ts'

const CELLS = 40
const POLL_MS = 5

const bench: Bench = {
  title: 'What is left of a run that gets a SIGTERM',
  peer: 'Node by hand',
  note: `Vitest is at work on an experiment with ${CELLS} cells and ${CELLS / 2} pictures when the signal comes. Ours is a process that makes the page of the notebook from its journal; the peer's reporter starts Node to write a file of one line, which is the least that any page takes. What is wanted is at most 1 s.`,
  run,
}
export default bench

const EXPERIMENT = `import { test } from 'vitest-notebook'
test('Slow', async ({ notebook }) => {
  const pixels = (value: number) => ({ data: new Uint8Array(256 * 256 * 3).fill(value), width: 256, height: 256, channels: 3 as const })
  for (let cell = 0; cell < ${CELLS}; cell++) {
    await notebook.code('cell ' + cell, () => console.log('printed', cell))
    if (cell % 2 === 0) notebook.image(pixels(cell * 6), { alt: 'picture ' + cell })
  }
  await new Promise((resolve) => setTimeout(resolve, 1000))
  console.log('is at work')
  await new Promise(() => {})
})`
const PEER = `import { spawn } from 'node:child_process'
export default class {
  onInit() {
    const program = "require('node:fs').writeFileSync('left.html', 'killed')"
    process.once('exit', () => spawn(process.execPath, ['-e', program], { detached: true, stdio: 'ignore' }).unref())
  }
}`
const PEER_CONFIG = `export default { test: { include: ['*.experiment.ts'], reporters: ['default', './peer.ts'] } }`

async function* run(): AsyncIterable<Row> {
  const page = 'reports/latest/slow.experiment.ts/slow/index.html'
  yield {
    name: 'from the signal to the whole page on the disk',
    ...(await inTurn(
      () => secondsToLeave({}, page),
      () => secondsToLeave({ 'vitest.config.ts': PEER_CONFIG, 'peer.ts': PEER }, 'left.html'),
    )),
  }
}

async function secondsToLeave(files: Record<string, string>, page: string): Promise<number> {
  using project = createProject({ 'slow.experiment.ts': EXPERIMENT, ...files })
  const { child, ended } = project.start()
  let said = ''
  child.stdout!.on('data', (data: Buffer) => (said += data.toString()))
  while (!said.includes('is at work')) await sleep(20)
  await sleep(500)
  child.kill('SIGTERM')
  const start = performance.now()
  while (!isKilled(join(project.root, page))) await sleep(POLL_MS)
  const seconds = (performance.now() - start) / 1000
  await ended
  await sleep(5000) // the other reports are still being written
  return seconds
}

function isKilled(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').includes('killed')
  } catch {
    return false
  }
}
