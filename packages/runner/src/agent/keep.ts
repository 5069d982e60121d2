import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DetachedInput, DetachedSpec } from '../wire/protocol.ts'
import { startClocks } from './clocks.ts'
import { prepareFolders } from './folders.ts'
import { readHostInfo } from './host-info.ts'
import { shutDown } from './shut-down.ts'
import { createStore } from './store.ts'
import { baseEnvironment, toViewCommand } from './view-command.ts'
import { findViewMode } from './view-mode.ts'

/** Without a sign of this process for so long (ms), the host's watchdog takes the work for dead. */
const SILENT_MS = 3 * 60_000
const SIGN_EVERY_MS = 2000
/** Whoever waits for the beginning is told of a failure, and ends the host; after this time (ms) it ends without. */
const FAILED_MS = 60_000
export const BEGUN = 'begun'

/** Does detached work in a view of its own, and then ends the host: when it is done, when it crashes, when it never begins. */
export async function keep(work: DetachedSpec, state: string): Promise<void> {
  // Nobody contacts this process: as long as it lives, there is work.
  const clocks = startClocks({ busyMs: SILENT_MS, onExpired: () => {} })
  clocks.workerStarted(work.id)
  setInterval(() => clocks.heard(), SIGN_EVERY_MS)
  process.stdout.on('error', () => {}) // the agent has heard, and is gone
  let hasBegun = false
  try {
    await run(work, state, () => {
      hasBegun = true
      process.stdout.write(`${BEGUN}\n`)
    })
  } catch (error) {
    console.error((error as Error).message)
  }
  if (!hasBegun) {
    process.stdout.write('failed\n')
    await sleep(FAILED_MS)
  }
  await shutDown()
  clocks.stop() // where it may not: the watchdog does it
  process.exit(1)
}

async function run({ id, root, trees, module, task }: DetachedSpec, state: string, onBegun: () => void): Promise<void> {
  const folders = await prepareFolders(state)
  const view = await findViewMode(folders)
  if (view.by === 'none') throw new Error(`The host cannot give the run its own view of the workspace (${view.reason})`)
  const store = createStore(folders.store)
  const { gpus } = await readHostInfo(folders, view)
  const folder = join(folders.runs, id)
  await mkdir(folder)
  const paths = trees.map((hash) => store.treePath(hash))
  const input: DetachedInput = { task, root, upper: join(folder, 'upper'), trees: paths }
  const file = join(folder, 'input.json')
  await writeFile(file, JSON.stringify(input), { mode: 0o600 })
  const devices = gpus.length > 0 ? { CUDA_VISIBLE_DEVICES: gpus.map(({ index }) => index).join(',') } : {}
  const [command, ...args] = toViewCommand(view.by, {
    root,
    trees: paths,
    run: folder,
    state,
    command: [process.execPath, '--disable-warning=ExperimentalWarning', module, file],
    env: { ...baseEnvironment(), ...devices, VITEST_EC2: '1' },
  })
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], cwd: '/' })
  child.stdout.once('data', onBegun)
  await once(child, 'close')
}
