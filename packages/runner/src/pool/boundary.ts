import {
  isRpcRequest,
  type FromVitestWorker,
  type NamedFile,
  type RpcReply,
  type RpcRequest,
  type ToVitestWorker,
} from '../agent/entry-vitest-messages.ts'
import type { ClientDisk } from './client-disk.ts'
import type { Ledger } from './ledger.ts'
import { isWorkerResponse, type WorkerOutcome } from './messages.ts'
import { inline } from './module-graph.ts'

export interface BoundaryOptions {
  /** to the worker */
  send: (frame: ToVitestWorker) => void
  /** to Vitest in this process */
  emit: (message: unknown) => void
  onResponse: (response: WorkerOutcome) => void
  /** a file is over: what it wrote should be here before anybody hears of it */
  onFileEnd: () => Promise<void>
  /** a test asked for an environment variable that the worker does not have */
  onMissingVariable: (name: string) => void
  /** what a test printed, or the message of what it threw */
  onText: (text: string) => void
  disk: ClientDisk
  ledger: Ledger
}

/**
 * Where messages of a worker on a host become messages of a worker on this machine: paths of its disk become contents
 * on ours, what it did not wait for is waited for here, and answers that name files of our disk become contents.
 */
export class Boundary {
  readonly #options: BoundaryOptions
  /** requests Vitest has not answered yet, by id */
  readonly #pending = new Map<string, Pending>()
  #inOrder: Promise<void> = Promise.resolve()
  #outOfOrder: Promise<unknown>[] = []
  #failure: unknown
  #isClosed = false
  #isEnding = false
  /** answers that the worker waited for: each is a round trip */
  awaited = 0

  constructor(options: BoundaryOptions) {
    this.#options = options
  }

  /** A frame from the worker. Frames take effect in the order they came. */
  receive(frame: FromVitestWorker): void {
    this.#inOrder = this.#inOrder
      .then(() => (this.#isClosed ? undefined : this.#take(frame)))
      .catch((error: unknown) => {
        this.#failure ??= error
      })
  }

  /** Vitest's answer to a request, if it was one of ours. */
  reply(message: RpcReply): boolean {
    const pending = this.#pending.get(message.i)
    this.#pending.delete(message.i)
    pending?.resolve(message)
    return pending !== undefined
  }

  /** Vitest stops listening: it answers nothing from here on, so nothing waits for an answer. */
  end(): void {
    this.#isEnding = true
    for (const { resolve } of this.#pending.values()) resolve(undefined)
    this.#pending.clear()
  }

  /** The worker is gone: what it asked for is nobody's concern any more. */
  close(): void {
    this.#isClosed = true
    this.end()
  }

  async #take(frame: FromVitestWorker): Promise<void> {
    if (frame.type === 'save-snapshot') return await this.#options.disk.saveSnapshot(frame.path, frame.content)
    if (frame.type === 'missing-variable') return this.#options.onMissingVariable(frame.name)
    if (frame.type === 'read-snapshot') return await this.#readSnapshot(frame)
    const { message, answered, files = [] } = frame
    if (isWorkerResponse(message)) return await this.#respond(message)
    if (!isRpcRequest(message)) return this.#options.emit(message)
    await this.#forward(await this.#localise(message, files), answered)
  }

  async #forward(request: RpcRequest, answered: boolean): Promise<void> {
    const { ledger, emit, onFileEnd, onText } = this.#options
    ledger.note(request)
    for (const text of textsOf(request)) onText(text)
    if (ledger.endsFile(request)) await onFileEnd()
    if (request.i === undefined || this.#isEnding) return emit(request)
    const { promise, resolve } = Promise.withResolvers<RpcReply | undefined>()
    this.#pending.set(request.i, { resolve })
    emit(request)
    if (!answered) {
      this.awaited += 1
      this.#outOfOrder.push(promise.then((reply) => reply && this.#answer(request, reply)))
      return
    }
    const told = promise.then((reply) => {
      if (reply?.e !== undefined) this.#failure ??= reply.e
    })
    this.#outOfOrder.push(told)
    // A worker on this machine waits for each of these but the updates, so what follows waits here.
    if (request.m !== 'onTaskUpdate') await told
  }

  async #answer(request: RpcRequest, reply: RpcReply): Promise<void> {
    const result = reply.e === undefined ? await toRemote(request, reply.r) : undefined
    this.#options.send({ type: 'vitest', message: { ...reply, r: result } })
  }

  /** Makes files of the worker's disk files of ours. */
  async #localise(request: RpcRequest, files: NamedFile[]): Promise<RpcRequest> {
    if (files.length === 0) return request
    const { disk } = this.#options
    if (request.m === 'onAfterSuiteRun') {
      await Promise.all(files.map((file) => disk.saveCoverage(file)))
      return request
    }
    const [id, artifact] = structuredClone(request.a) as [string, Artifact]
    const places = new Map<string, string>()
    for (const file of files) places.set(file.path, await disk.keepAttachment(file))
    for (const attachment of attachmentsOf(artifact)) {
      const place = attachment.path === undefined ? undefined : places.get(attachment.path)
      if (place) attachment.path = place
    }
    return { ...request, a: [id, artifact] }
  }

  async #readSnapshot({ id, path }: { id: number; path: string }): Promise<void> {
    this.awaited += 1
    const answer = await this.#options.disk.readSnapshot(path).then(
      (content) => ({ content }),
      (error: Error) => ({ error: error.message }),
    )
    this.#options.send({ type: 'answer', id, ...answer })
  }

  /** A worker on this machine says it is done when all it told has been heard. */
  async #respond(response: WorkerOutcome): Promise<void> {
    await Promise.all(this.#outOfOrder)
    this.#outOfOrder = []
    const error = response.error ?? this.#failure
    this.#failure = undefined
    this.#options.onResponse({ ...response, ...(error !== undefined && { error }) })
  }
}

interface Pending {
  resolve: (reply: RpcReply | undefined) => void
}
interface Artifact {
  attachments?: { path?: string }[]
  annotation?: { attachment?: { path?: string } }
}

function attachmentsOf(artifact: Artifact): { path?: string }[] {
  return [...(artifact.attachments ?? []), artifact.annotation?.attachment].filter(
    (attachment) => attachment !== undefined && attachment.path !== undefined,
  ) as { path?: string }[]
}

function textsOf({ m: method, a: [first] }: RpcRequest): string[] {
  if (method === 'onUserConsoleLog') return [String((first as { content?: unknown }).content)]
  if (method !== 'onTaskUpdate') return []
  return (first as [string, { errors?: { message?: string }[] } | undefined][]).flatMap(([, result]) =>
    (result?.errors ?? []).map(({ message = '' }) => message),
  )
}

/** Vitest's answers name files of this disk, and send artifacts back whole. */
async function toRemote({ m: method }: RpcRequest, result: unknown): Promise<unknown> {
  if (method === 'fetch') return await inline(result)
  if (method === 'onTaskArtifactRecord') {
    return attachmentsOf(result as Artifact).flatMap(({ path }) => (path && !/^https?:/.test(path) ? [path] : []))
  }
  return result
}
