import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { encode, decode } from '../wire/codec.ts'
import { FrameReader, toFrame } from '../wire/frames.ts'
import { FileSaver } from './file-saver.ts'
import { watchPorts } from './port-watch.ts'
import { createRoleStore } from './role-store.ts'
import { createSpawner } from './spawner.ts'
import { supplyTree } from './supply-tree.ts'
import { readViewFile, writeViewFile } from './view-files.ts'
import type { ViewCall, ViewMessage, ViewMethods, ViewSettings } from './view-protocol.ts'
import { createWritten } from './written.ts'

/**
 * The process that lives inside a view, as long as the view does: it starts workers there and looks at files as they see
 * them. It ends when the agent closes its input, and the view ends with it. Its other end is {@link file://./view.ts}.
 */
const settings = JSON.parse(process.argv[2] ?? '') as ViewSettings
const compiled = join(dirname(settings.upper), 'compiled')
const spawner = createSpawner(settings.socket, compiled, (worker, code, signal) =>
  send({ kind: 'exit', worker, code, signal }),
)
const watch = watchPorts(
  () => spawner.workers(),
  (change) => send({ kind: 'listen', ...change }),
)
/** one after the other: who is told that a package is there finds it whole */
let supplying = Promise.resolve()
const listWritten = createWritten(settings)
let saver: FileSaver | undefined
const methods: { [M in keyof ViewMethods]: (...params: Parameters<ViewMethods[M]>) => unknown } = {
  spawn: (worker) => spawner.spawn(worker).finally(watch),
  kill: (worker, signal) => spawner.kill(worker, signal),
  written: listWritten,
  readFile: (path, from, to) => readViewFile(settings.root, path, from, to),
  save: (place) => (saver ??= new FileSaver(createRoleStore(place), place.run.id, settings)).save(),
  writeFile: (path, data) => writeViewFile(settings.root, path, data),
  supply: (tree) => (supplying = supplying.catch(() => {}).then(() => supplyTree(tree, settings.root))),
}

const reader = new FrameReader()
process.stdin.on('data', (chunk: Buffer) => {
  reader.push(chunk)
  for (let frame = reader.next(); frame; frame = reader.next()) void answer(decode(frame) as ViewCall)
})
process.stdin.on('end', () => process.exit(0))
process.stdout.on('error', () => process.exit(0))
// A view that is short of memory should lose a worker, not the process that tells of it.
await lowerOutOfMemoryScore()
send({ kind: 'ready' })

async function answer({ id, method, params }: ViewCall): Promise<void> {
  try {
    const result = await (methods[method] as (...params: unknown[]) => unknown)(...params)
    send({ kind: 'result', id, result })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    send({ kind: 'error', id, code, message })
  }
}

function send(message: ViewMessage): void {
  for (const piece of toFrame(encode(message))) process.stdout.write(piece)
}

async function lowerOutOfMemoryScore(): Promise<void> {
  const file = '/proc/self/oom_score_adj'
  const score = Number(await readFile(file, 'utf8').catch(() => '0'))
  await writeFile(file, String(Math.max(-1000, score - 500))).catch(() => {}) // only root may lower it
}
