import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Connection } from '../src/host/connection.ts'
import type { HostSession } from '../src/host/host-session.ts'
import { openHostSession, type OpenHostSessionOptions } from '../src/host/open-host-session.ts'
import type { RemoteWorker } from '../src/fleet/lease.ts'
import { connectLocal } from '../src/local/connect-local.ts'

/** An agent of its own on this machine, with trees made by hand. */
export interface LocalHost extends AsyncDisposable {
  readonly state: string
  readonly session: HostSession
  /** a folder here, for what comes back */
  readonly home: string
  /** lays files into the store as one tree, and returns its hash */
  addTree(name: string, files: Record<string, string>): string
  /** opens a view of a tree with these files at `root` */
  openView(root: string, files: Record<string, string>): Promise<string>
  /** starts a worker whose functions are those of `module` in the workspace */
  spawn(
    view: string,
    root: string,
    module: string,
    options?: { env?: Record<string, string>; gpus?: number[] },
  ): Promise<FunctionWorker>
}

export interface FunctionWorker extends RemoteWorker {
  run(name: string, ...args: unknown[]): Promise<unknown>
}

export async function openLocalHost(
  options: Partial<OpenHostSessionOptions> & { connection?: Connection } = {},
): Promise<LocalHost> {
  const state = options.stateDir ?? mkdtempSync(join(tmpdir(), 'vitest-ec2-'))
  const home = mkdtempSync(join(state, 'home-'))
  const session = await openHostSession(options.connection ?? connectLocal(), {
    run: 'test',
    signal: new AbortController().signal,
    onPhase: () => {},
    stateDir: state,
    ...options,
  })
  let trees = 0
  const host: LocalHost = {
    state,
    session,
    home,
    addTree(name, files) {
      const hash = createHash('sha256').update(name).digest('hex')
      for (const [path, text] of Object.entries(files)) {
        const file = join(state, 'store/trees', hash, path)
        mkdirSync(dirname(file), { recursive: true })
        writeFileSync(file, text)
      }
      return hash
    },
    async openView(root, files) {
      trees += 1
      const hash = host.addTree(`tree${trees}`, files)
      await session.call('openView', { id: `view${trees}`, root, trees: [hash] })
      return `view${trees}`
    },
    async spawn(view, root, module, { env = {}, gpus = [] } = {}) {
      const data = { module: join(root, module) }
      const worker = await session.spawnWorker(view, { cwd: root, env, execArgv: [], entry: 'function', data, gpus })
      return toFunctionWorker(worker, data.module)
    },
    async [Symbol.asyncDispose]() {
      await session.close({ end: true })
      for (let i = 0; existsSync(join(state, 'runs')) && i < 100; i += 1) {
        await rm(state, { recursive: true, force: true }).catch(() => new Promise((resolve) => setTimeout(resolve, 50)))
      }
    },
  }
  return host
}

function toFunctionWorker(worker: RemoteWorker, module: string): FunctionWorker {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>()
  let lastId = 0
  worker.onMessage((message) => {
    const { type, id, value, error } = message as { type: string; id: number; value?: unknown; error?: unknown }
    const call = waiting.get(id)
    if (type === 'result') call?.resolve(value)
    else call?.reject(error)
  })
  void worker.closed.then((end) => {
    for (const { reject } of waiting.values()) reject(new Error(`The worker ended: ${JSON.stringify(end)}`))
  })
  return Object.assign(worker, {
    async run(name: string, ...args: unknown[]) {
      lastId += 1
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      waiting.set(lastId, { resolve, reject })
      worker.send({ type: 'call', id: lastId, target: { module, name }, args })
      return await promise
    },
  })
}

/** Waits until `look` finds something. */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  what = 'it',
  withinMs = 15_000,
): Promise<T> {
  const end = Date.now() + withinMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** What `functions.mjs` offers, and two files to change. */
export const FUNCTION_FILES: Record<string, string> = {
  'functions.mjs': readFileSync(join(import.meta.dirname, 'functions.mjs'), 'utf8'),
  'src/a.txt': 'a',
  'src/b.txt': 'b',
}

/** Command lines of everything that runs on this machine. */
export async function listCommands(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')))
  return lines.map((line) => line.replaceAll('\0', ' ').trimEnd())
}

/** The agent that owns this folder. */
export async function findAgent(state: string): Promise<number> {
  const [pid] = (await readdir(join(state, 'runs'))).map(Number)
  if (pid === undefined) throw new Error(`No agent in ${state}`)
  return pid
}
