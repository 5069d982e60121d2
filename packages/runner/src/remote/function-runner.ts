import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { LambdaGraph } from '../lambda/mark.ts'
import type { FunctionTarget } from '../wire/functions.ts'
import type { FunctionWorker } from './function-worker.ts'
import type { Travelling } from './to-call.ts'

/** Knows which modules a worker has, and sends what a lambda needs besides. */
export class FunctionRunner {
  readonly worker: FunctionWorker
  /** hash by key */
  readonly #sent = new Map<string, string>()
  #hasRunner = false

  constructor(worker: FunctionWorker) {
    this.worker = worker
  }

  async call(fn: Travelling, args: readonly unknown[], signal?: AbortSignal): Promise<unknown> {
    if ('source' in fn) return await this.worker.call(fn, args, signal)
    await this.#send(fn.graph)
    const target: FunctionTarget = { lambda: fn.graph.entry, captures: fn.captures }
    return await this.worker.call(target, args, signal)
  }

  async #send({ modules }: LambdaGraph): Promise<void> {
    const runner = this.#hasRunner ? {} : { runner: await readRunner() }
    const missing: Record<string, unknown> = {}
    let isFresh = false
    for (const [key, module] of Object.entries(modules)) {
      const hash = createHash('sha256').update(JSON.stringify(module)).digest('base64')
      const before = this.#sent.get(key)
      if (before === hash) continue
      isFresh ||= before !== undefined
      this.#sent.set(key, hash)
      missing[key] = module
    }
    if (Object.keys(missing).length === 0 && this.#hasRunner) return
    this.#hasRunner = true
    this.worker.send({ type: 'modules', modules: missing, isFresh, ...runner })
  }
}

/** Packages that a function loads over there, by the files of theirs that it names. */
export function packagesOf(fn: Travelling): readonly string[] {
  return 'source' in fn ? [] : fn.graph.externals
}

/** Vite's module runner is one file that imports nothing. */
async function readRunner(): Promise<string> {
  return await readFile(createRequire(import.meta.url).resolve('vite/module-runner'), 'utf8')
}
