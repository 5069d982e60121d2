import { format } from 'node:util'
import { pathToFileURL } from 'node:url'
import type { WorkerChannel } from './worker-channel.ts'

/** What a worker of functions is told at its start. */
export interface FunctionWorkerData {
  /** absolute path or URL of a module whose functions are called by name; nothing: every call brings its own source */
  module?: string
}

/** `name`: of the export of `data.module`. `source`: of a module that is loaded once per content; `name` is its export. */
export type FunctionCall =
  | { type: 'call'; id: number; name: string; args: unknown[]; source?: string }
  | { type: 'abort'; id: number; reason: unknown }
export type FunctionAnswer =
  | { type: 'result'; id: number; value: unknown }
  | { type: 'error'; id: number; error: unknown }

/** Calls functions for the client, as many at a time as it asks for. Each gets its arguments and, last, an `AbortSignal`. */
export async function start(channel: WorkerChannel, data: unknown): Promise<void> {
  const { module } = data as FunctionWorkerData
  const sources = new Map<string, Promise<Record<string, unknown>>>()
  const running = new Map<number, AbortController>()
  const own = module === undefined ? undefined : import(toUrl(module))
  own?.catch(() => {}) // told to whoever calls

  channel.onMessage((message) => {
    const call = message as FunctionCall
    if (call.type === 'abort') running.get(call.id)?.abort(call.reason)
    else void answer(call)
  })

  async function answer({ id, name, args, source }: FunctionCall & { type: 'call' }): Promise<void> {
    const abort = new AbortController()
    running.set(id, abort)
    try {
      const exports = (await (source === undefined ? own : load(source))) as Record<string, unknown> | undefined
      const target = exports?.[name]
      if (typeof target !== 'function') throw new TypeError(`${module ?? 'The module'} exports no function \`${name}\``)
      const value: unknown = await target(...args, { signal: abort.signal })
      reply({ type: 'result', id, value })
    } catch (error) {
      reply({ type: 'error', id, error })
    } finally {
      running.delete(id)
    }
  }

  function load(source: string): Promise<Record<string, unknown>> {
    let loaded = sources.get(source)
    if (!loaded) {
      loaded = import(`data:text/javascript;base64,${Buffer.from(source).toString('base64')}`)
      sources.set(source, loaded)
    }
    return loaded
  }

  function reply(message: FunctionAnswer): void {
    try {
      channel.send(message)
    } catch (cause) {
      // A value that cannot be cloned: the call fails, with a name for what came instead.
      const what = message.type === 'result' ? 'returned' : 'threw'
      const thing = message.type === 'result' ? message.value : message.error
      const error = new TypeError(`The function ${what} something that cannot travel: ${format('%s', thing)}`)
      error.stack = `${error.name}: ${error.message}\n${(cause as Error).message}`
      channel.send({ type: 'error', id: message.id, error })
    }
  }
}

function toUrl(module: string): string {
  return module.startsWith('/') ? pathToFileURL(module).href : module
}
