import type { WorkerRequest, WorkerResponse } from 'vitest/node'

export type StartRequest = Extract<WorkerRequest, { type: 'start' }>
export type RunRequest = Extract<WorkerRequest, { type: 'run' | 'collect' }>
export type StopRequest = Extract<WorkerRequest, { type: 'stop' }>
export type FileSpecification = RunRequest['context']['files'][number]

/** A response of a worker, with what any of them may carry. */
export type WorkerOutcome = WorkerResponse & { error?: unknown; usedMemory?: number }

export function isWorkerResponse(message: unknown): message is WorkerOutcome {
  return typeof message === 'object' && message !== null && '__vitest_worker_response__' in message
}

export function isWorkerRequest(message: unknown): message is WorkerRequest {
  return typeof message === 'object' && message !== null && '__vitest_worker_request__' in message
}

export function respond(
  type: WorkerResponse['type'],
  outcome: Pick<WorkerOutcome, 'error' | 'usedMemory'> = {},
): WorkerOutcome {
  return { type, __vitest_worker_response__: true, ...outcome }
}

export function withFiles(request: RunRequest, files: FileSpecification[]): RunRequest {
  return { ...request, context: { ...request.context, files } }
}
