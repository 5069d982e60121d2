import { pathToFileURL } from 'node:url'
import { whyNotCloneable } from '../wire/cloneable.ts'
import type { FromFunctionWorker, FunctionTarget, FunctionWorkerData, ToFunctionWorker } from '../wire/functions.ts'
import { toFunctionError } from './function-error.ts'
import { createFunctionModules } from './function-modules.ts'
import { watchMissingVariables } from './missing-variables.ts'
import { actAsTinypoolWorker } from './tinypool-worker.ts'
import type { WorkerChannel } from './worker-channel.ts'

type Callable = (...args: unknown[]) => unknown

/** Calls functions for the client, as many at a time as it asks for. */
export async function start(channel: WorkerChannel, data: unknown): Promise<void> {
  const { module, ...settings } = (data ?? {}) as FunctionWorkerData
  const modules = createFunctionModules()
  const sources = new Map<string, Promise<Record<string, unknown>>>()
  const running = new Map<number, AbortController>()
  const hear = actAsTinypoolWorker(settings, (message) => reply({ type: 'message', message }))
  watchMissingVariables((name) => reply({ type: 'missing-variable', name }))
  if (module !== undefined) import(toUrl(module)).catch(() => {}) // told to whoever calls

  channel.onMessage((message) => {
    const request = message as ToFunctionWorker
    if (request.type === 'call') void answer(request)
    else if (request.type === 'abort') running.get(request.id)?.abort(request.reason)
    else if (request.type === 'modules') modules.add(request)
    else hear(request.message)
  })

  async function answer({ id, target, args, signals }: ToFunctionWorker & { type: 'call' }): Promise<void> {
    const abort = new AbortController()
    running.set(id, abort)
    for (const index of signals ?? []) args[index] = abort.signal
    try {
      const call = await find(target)
      const value: unknown = await call(...args)
      const why = whyNotCloneable(value, 'what the function returned')
      if (why !== undefined) throw new TypeError(`The function ran, and ${why}, which cannot travel`)
      reply({ type: 'result', id, value })
    } catch (error) {
      reply({ type: 'error', id, ...toFunctionError(error) })
    } finally {
      running.delete(id)
    }
  }

  async function find(target: FunctionTarget): Promise<Callable> {
    if ('lambda' in target) return await modules.load(target.lambda, target.captures)
    if ('source' in target) return (await load(target.source)).default as Callable
    const exports = (await import(toUrl(target.module))) as Record<string, unknown>
    // CommonJS modules export an object as their default.
    const found = exports[target.name] ?? (exports['default'] as Record<string, unknown> | undefined)?.[target.name]
    if (typeof found === 'function') return found as Callable
    throw new TypeError(`${target.module} exports no function \`${target.name}\``)
  }

  function load(source: string): Promise<Record<string, unknown>> {
    let loaded = sources.get(source)
    if (!loaded) {
      loaded = import(`data:text/javascript;base64,${Buffer.from(source).toString('base64')}`)
      sources.set(source, loaded)
    }
    return loaded
  }

  function reply(message: FromFunctionWorker): void {
    try {
      channel.send(message)
    } catch (cause) {
      if (message.type !== 'result' && message.type !== 'error') throw cause
      const what = message.type === 'result' ? 'returned' : 'threw'
      const error = new TypeError(`The function ${what} something that cannot travel: ${(cause as Error).message}`)
      channel.send({ type: 'error', id: message.id, error, details: {} })
    }
  }
}

function toUrl(module: string): string {
  return module.startsWith('/') ? pathToFileURL(module).href : module
}
