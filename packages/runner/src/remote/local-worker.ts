import { fork } from 'node:child_process'
import { extname, join } from 'node:path'
import type { WorkerEnd } from '../fleet/lease.ts'
import type { FunctionWorkerData } from '../wire/functions.ts'
import { createFunctionWorker, type FunctionWorker } from './function-worker.ts'
import { showOutput } from './show-output.ts'

export interface LocalWorkerOptions {
  env?: Readonly<Record<string, string>> | undefined
  execArgv?: readonly string[] | undefined
}

/** A worker for functions in a process of this machine, as hosts have them. */
export function spawnLocalWorker(data: FunctionWorkerData, { env, execArgv = [] }: LocalWorkerOptions): FunctionWorker {
  const extension = extname(import.meta.filename)
  const quiet = extension === '.ts' ? ['--disable-warning=ExperimentalWarning'] : []
  const child = fork(join(import.meta.dirname, `local-worker-main${extension}`), {
    env: { ...process.env, ...env },
    execArgv: [...quiet, ...execArgv],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  showOutput({ stdout: child.stdout!, stderr: child.stderr! })
  let end: WorkerEnd | undefined
  const closed = new Promise<WorkerEnd>((resolve) => {
    const finish = (code: number | null, signal: string | null) => {
      end ??= { by: 'exit', code, signal }
      resolve(end)
    }
    child.once('error', () => finish(null, null)).once('close', finish)
  })
  const send = (message: unknown) => void (child.connected && child.send({ vitestEc2: message }, () => {}))
  send(data)
  const worker = {
    send,
    onMessage(listener: (message: unknown) => void) {
      child.on('message', (message) => listener((message as { vitestEc2: unknown }).vitestEc2))
    },
    closed,
    async stop(graceMs = 2000) {
      if (end) return
      child.kill()
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
      await closed
      clearTimeout(timer)
    },
  }
  return createFunctionWorker(worker, child.pid ?? 0)
}
