import type { FileOutcome } from '../wire/run-record.ts'
import { isRpcRequest } from './entry-vitest-messages.ts'
import type { WorkerReport } from './worker-channel.ts'

/** Follows what Vitest and its client say to each other, for the agent: it needs to know when nobody else does. */
export function createProgress(report: (report: WorkerReport) => void): {
  /** a message of the client to Vitest */
  toVitest(message: unknown): void
  /** a message of Vitest to the client */
  fromVitest(message: unknown): void
} {
  const files: Record<string, FileOutcome> = {}
  const paths = new Map<string, string>() // by the task's id
  const states = new Map<string, unknown>()

  return {
    toVitest(message) {
      const { type, context } = (message ?? {}) as RunMessage
      if (type !== 'run') return
      for (const { filepath } of context?.files ?? []) files[filepath] = 'unfinished'
      report({ files, isAtWork: true })
    },
    fromVitest(message) {
      if (isRpcRequest(message)) noteRequest(message.m, message.a)
      else if ((message as RunMessage).type === 'testfileFinished') report({ files, isAtWork: false })
    },
  }

  function noteRequest(method: string, [first, events]: readonly unknown[]): void {
    if (method === 'onCollected') {
      for (const file of first as CollectedFile[]) note(file)
    } else if (method === 'onTaskUpdate') {
      for (const [id, result] of first as [string, { state?: unknown } | undefined][]) states.set(id, result?.state)
      for (const [id, event] of events as [string, string][]) {
        const path = event === 'suite-finished' ? paths.get(id) : undefined
        if (path !== undefined) files[path] = states.get(id) === 'fail' ? 'failed' : 'passed'
      }
    }
  }

  /** A file that could not even be loaded fails here and is heard of no more. */
  function note({ id, filepath, result }: CollectedFile): void {
    paths.set(id, filepath)
    if (result?.state === 'fail') files[filepath] = 'failed'
  }
}

/** The little that is read of Vitest's messages; its types cannot be imported here. */
interface RunMessage {
  type?: string
  context?: { files?: { filepath: string }[] }
}
interface CollectedFile {
  id: string
  filepath: string
  result?: { state?: unknown }
}
