import { readFileSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import type { PreloadCache } from './entry-vitest-cache.ts'
import {
  isRpcReply,
  isRpcRequest,
  type FromVitestWorker,
  type NamedFile,
  type RpcReply,
  type RpcRequest,
} from './entry-vitest-messages.ts'
import type { WorkerChannel } from './worker-channel.ts'

/**
 * Requests that only tell something. The worker answers them itself: the channel keeps their order, so waiting for the
 * client would cost a round trip each and change nothing. What goes wrong with one at the client fails the run there.
 */
const TOLD = new Set([
  'onQueued',
  'onCollected',
  'onTaskUpdate',
  'onUserConsoleLog',
  'onUnhandledError',
  'onAsyncLeaks',
  'onTestModuleDependencies',
  'onAfterSuiteRun',
  'onTestBenchmark',
  'onTaskArtifactRecord',
  'snapshotSaved',
  'writeBenchmarkResult',
  'ensureModuleGraphEntry',
])

// Tests may replace globals.
const soon = globalThis.queueMicrotask

interface Artifact {
  attachments?: Attachment[]
  annotation?: { attachment?: Attachment }
}
interface Attachment {
  path?: string
}

export interface OutboxOptions {
  channel: WorkerChannel
  cache: PreloadCache
  /** to Vitest in this process */
  deliver: (message: unknown) => void
  onStarted: () => void
}

/** What leaves Vitest for the client. */
export function createOutbox({ channel, cache, deliver, onStarted }: OutboxOptions): {
  post: (message: unknown) => void
  receive: (message: unknown) => unknown
} {
  const send = (frame: FromVitestWorker) => channel.send(frame)
  const recorded = new Map<string, Artifact>()

  return {
    post(message) {
      if (!isRpcRequest(message)) {
        send({ type: 'vitest', message, answered: false })
        if ((message as { type?: unknown }).type === 'started') onStarted()
        return
      }
      const known = message.i === undefined ? undefined : cache.answer(message.m, message.a)
      if (known) return answer(message, known.result)
      const files = namedFiles(message)
      const answered = message.i !== undefined && TOLD.has(message.m) && !isMoved(message)
      send({ type: 'vitest', message, answered, ...(files.length > 0 && { files }) })
      if (answered) answer(message, message.m === 'onTaskArtifactRecord' ? message.a[1] : undefined)
      else if (message.i !== undefined && isMoved(message)) recorded.set(message.i, message.a[1] as Artifact)
    },
    // The client tells where an artifact's files lie now and does not send the artifact back.
    receive(message) {
      const artifact = isRpcReply(message) ? recorded.get(message.i) : undefined
      if (!artifact || !isRpcReply(message)) return message
      recorded.delete(message.i)
      if (message.e !== undefined) return message
      const paths = message.r as string[]
      filesOf(artifact).forEach((attachment, index) => Object.assign(attachment, { path: paths[index] }))
      return { ...message, r: artifact } satisfies RpcReply
    },
  }

  function answer(request: RpcRequest, result: unknown): void {
    // Not at once: birpc begins to wait for the reply after `post`.
    soon(() => deliver({ t: 's', i: request.i!, r: result } satisfies RpcReply))
  }
}

/** An artifact with files gets their new places as its answer, so the client is asked. */
function isMoved(request: RpcRequest): boolean {
  return request.m === 'onTaskArtifactRecord' && filesOf(request.a[1] as Artifact).length > 0
}

function filesOf(artifact: Artifact): Attachment[] {
  return [...(artifact.attachments ?? []), artifact.annotation?.attachment].filter(
    (attachment) => attachment?.path !== undefined && !/^https?:/.test(attachment.path),
  ) as Attachment[]
}

/** Files of this machine that a request names: they go with it. */
function namedFiles(request: RpcRequest): NamedFile[] {
  if (request.m === 'onTaskArtifactRecord') {
    return filesOf(request.a[1] as Artifact).flatMap(({ path }) => {
      const content = readIfThere(resolve(path!))
      return content ? [{ path: path!, content }] : []
    })
  }
  if (request.m === 'onAfterSuiteRun') {
    const { coverage } = request.a[0] as { coverage?: unknown }
    const content = typeof coverage === 'string' ? readIfThere(coverage) : undefined
    if (!content) return []
    rmSync(coverage as string) // it is on its way; left here it would be taken for an output of the test
    return [{ path: coverage as string, content }]
  }
  return []
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined // the client says what is wrong with the path
  }
}
