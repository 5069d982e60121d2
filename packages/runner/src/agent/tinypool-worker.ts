import type { FunctionWorkerData } from '../wire/functions.ts'

/**
 * Lets tasks that were written for Tinypool run as they are: they find their number and data, and its `channel` through
 * `process.send` and `process.on('message')`, as in its child processes.
 * @returns what gives a message to the task
 */
export function actAsTinypoolWorker(
  { workerId = 1, workerData }: FunctionWorkerData,
  send: (message: unknown) => void,
): (message: unknown) => void {
  const state = { isTinypoolWorker: true, isChildProcess: true, workerData: workerData ?? null, workerId }
  const emit = process.emit.bind(process) as (event: string, message: unknown) => boolean
  Object.assign(process, {
    __tinypool_state__: state,
    send(message: unknown) {
      send(message)
      return true
    },
  })
  return (message) => void emit('message', message)
}
