import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { extname, join } from 'node:path'
import { toFrame } from '../wire/frames.ts'
import { PROTOCOL_VERSION, type Hello } from '../wire/protocol.ts'
import { killDescendants } from './kill-descendants.ts'
import type { WatchedWorker } from './port-watch.ts'
import { WORKER_ENV, type ViewWorker } from './view-protocol.ts'

export interface Spawner {
  /** those that run */
  workers(): WatchedWorker[]
  spawn(worker: ViewWorker): Promise<{ pid: number }>
  kill(worker: string, signal: NodeJS.Signals): void
}
type OnExit = (worker: string, code: number | null, signal: NodeJS.Signals | null) => void

/**
 * Starts workers inside a view. What they print goes straight to the agent's socket; nothing passes through here.
 *
 * @param compiled folder for what V8 compiled: starting Vitest takes most of a short file's time, and half of it is that
 */
export function createSpawner(socket: string, compiled: string, onExit: OnExit): Spawner {
  const children = new Map<string, ChildProcess>()
  return {
    workers: () => [...children].map(([id, { pid }]) => ({ id, pid })),
    async spawn(worker) {
      const { id, cwd, env, execArgv, secret } = worker
      // Otherwise a missing folder is reported as a missing program.
      if (!(await stat(cwd).catch(() => undefined))?.isDirectory()) {
        throw new Error(`The working directory ${cwd} is not in the view`)
      }
      const outputs = await Promise.all([openOutput(socket, worker, 'stdout'), openOutput(socket, worker, 'stderr')])
      const child = spawn(process.execPath, [...ownArgv(), ...execArgv, workerMain()], {
        cwd,
        env: {
          ...env,
          [WORKER_ENV.id]: id,
          [WORKER_ENV.socket]: socket,
          [WORKER_ENV.secret]: secret,
          [WORKER_ENV.compiled]: compiled,
        },
        stdio: ['ignore', ...outputs],
        detached: true, // a session of its own: all that it starts can be told by it
      })
      for (const output of outputs) output.destroy()
      children.set(id, child)
      child.once('exit', (code, signal) => {
        children.delete(id)
        void killDescendants(id, child.pid).then(() => onExit(id, code, signal))
      })
      await once(child, 'spawn')
      return { pid: child.pid as number }
    },
    kill(id, signal) {
      children.get(id)?.kill(signal)
    },
  }
}

async function openOutput(path: string, { id, secret }: ViewWorker, stream: 'stdout' | 'stderr'): Promise<Socket> {
  const socket = connect(path)
  await once(socket, 'connect')
  const hello: Hello = {
    protocol: PROTOCOL_VERSION,
    node: process.version,
    agent: process.env.VITEST_EC2_AGENT ?? '',
    role: 'worker-output',
    worker: id,
    secret,
    stream,
  }
  const greeting = Buffer.concat(toFrame(Buffer.from(JSON.stringify(hello))))
  await new Promise<void>((resolve, reject) => {
    socket.write(greeting, (error) => (error ? reject(error) : resolve()))
  })
  return socket
}

function workerMain(): string {
  return join(import.meta.dirname, `worker-main${extname(import.meta.filename)}`)
}

/** Sources run as they are in development; Node 22 warns of that, which nobody who runs a test wants to read. */
function ownArgv(): string[] {
  return extname(import.meta.filename) === '.ts' ? ['--disable-warning=ExperimentalWarning'] : []
}
