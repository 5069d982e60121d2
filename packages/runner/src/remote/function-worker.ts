import { Ec2Error } from '../errors.ts'
import type { WorkerEnd } from '../fleet/lease.ts'
import { closedError } from '../wire/message-stream.ts'
import type { FromFunctionWorker, FunctionTarget, ToFunctionWorker } from '../wire/functions.ts'

/** As much of a worker process as calls need: one on a host, or one here. */
export interface WorkerProcess {
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** resolves, never rejects, when the worker is gone */
  readonly closed: Promise<WorkerEnd>
  stop(graceMs?: number): Promise<void>
}

/** A worker that functions are called on, as many at a time as one likes. */
export interface FunctionWorker {
  readonly pid: number
  readonly closed: Promise<WorkerEnd>
  /** @throws what the function threw; Ec2Error `EC2_FUNCTION` when the worker ended, `EC2_HOST_LOST` when its host did */
  call(target: FunctionTarget, args: readonly unknown[], signal?: AbortSignal): Promise<unknown>
  send(message: ToFunctionWorker): void
  /** what the running task gives to `process.send` */
  onMessage(listener: (message: unknown) => void): void
  stop(graceMs?: number): Promise<void>
}

interface Call {
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

/** @param onMissingVariable hears of a variable that a function asks for and does not find */
export function createFunctionWorker(
  worker: WorkerProcess,
  pid: number,
  onMissingVariable: (name: string) => void = () => {},
): FunctionWorker {
  const calls = new Map<number, Call>()
  let onTaskMessage: ((message: unknown) => void) | undefined
  let lastId = 0
  let end: WorkerEnd | undefined

  worker.onMessage((message) => {
    const answer = message as FromFunctionWorker
    if (answer.type === 'message') return onTaskMessage?.(answer.message)
    if (answer.type === 'missing-variable') return onMissingVariable(answer.name)
    const call = calls.get(answer.id)
    calls.delete(answer.id)
    if (answer.type === 'result') call?.resolve(answer.value)
    else call?.reject(reviveError(answer.error, answer.details))
  })
  const closed = worker.closed.then((why) => {
    end = why
    for (const { reject } of calls.values()) reject(toError(why))
    calls.clear()
    return why
  })

  return {
    pid,
    closed,
    async call(target, args, signal) {
      signal?.throwIfAborted()
      if (end) throw toError(end)
      lastId += 1
      const id = lastId
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      // An `AbortSignal` among the arguments is the call's own over there.
      const signals = args.flatMap((arg, index) => (arg instanceof AbortSignal ? [index] : []))
      const plain = args.map((arg) => (arg instanceof AbortSignal ? undefined : arg))
      send({ type: 'call', id, target, args: plain, ...(signals.length > 0 && { signals }) })
      calls.set(id, { resolve, reject })
      const both = [signal, ...args.filter((arg) => arg instanceof AbortSignal)].filter((one) => one !== undefined)
      const onAbort = (event: Event) => {
        const { reason } = event.target as AbortSignal
        if (!end) send({ type: 'abort', id, reason: toTravel(reason) })
        reject(reason)
      }
      for (const one of both) one.addEventListener('abort', onAbort, { once: true })
      try {
        return await promise
      } finally {
        for (const one of both) one.removeEventListener('abort', onAbort)
      }
    },
    send,
    onMessage(listener) {
      onTaskMessage = listener
    },
    stop: (graceMs) => worker.stop(graceMs),
  }

  function send(message: ToFunctionWorker): void {
    worker.send(message)
  }
}

/** Puts back on an error what its clone dropped: its name, its code. */
function reviveError(error: unknown, details: Record<string, unknown>): unknown {
  if (!(error instanceof Error)) return error
  for (const [key, value] of Object.entries(details)) {
    Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: key !== 'name' })
  }
  return error
}

/** A reason that cannot be cloned is not worth failing for. */
function toTravel(reason: unknown): unknown {
  try {
    return structuredClone(reason)
  } catch {
    return new Error(String(reason))
  }
}

function toError(end: WorkerEnd): Error {
  if (end.by === 'connection') return closedError(end.reason)
  if (end.by === 'spawn') return end.error
  const how = end.signal === null ? `exited with status ${end.code}` : `was ended by ${end.signal}`
  return new Ec2Error('EC2_FUNCTION', `The worker ${how} before the function returned`, {
    data: { code: end.code, signal: end.signal },
  })
}
