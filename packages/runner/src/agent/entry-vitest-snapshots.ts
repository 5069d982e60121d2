import type { PreloadCache } from './entry-vitest-cache.ts'
import type { ToVitestWorker } from './entry-vitest-messages.ts'
import type { WorkerChannel } from './worker-channel.ts'

/** The methods of Vitest's `SnapshotEnvironment` that touch a disk. */
interface SnapshotEnvironment {
  prepareDirectory(path: string): Promise<void>
  readSnapshotFile(path: string): Promise<string | null>
  saveSnapshotFile(path: string, content: string): Promise<void>
  removeSnapshotFile(path: string): Promise<void>
}
export type SnapshotEnvironmentClass = new () => SnapshotEnvironment

/** Snapshots lie on the client's disk: what was pushed is read here, the rest is asked for, and saving is told. */
export function createHostSnapshots(
  Base: SnapshotEnvironmentClass,
  channel: WorkerChannel,
  { snapshots }: PreloadCache,
): { environment: SnapshotEnvironment; answer: (frame: Extract<ToVitestWorker, { type: 'answer' }>) => void } {
  const waiting = new Map<number, { resolve: (content: string | null) => void; reject: (error: Error) => void }>()
  let lastId = 0

  class ClientSnapshotEnvironment extends Base {
    override async prepareDirectory(): Promise<void> {}

    override async readSnapshotFile(path: string): Promise<string | null> {
      const known = snapshots.get(path)
      if (known !== undefined) return known
      const id = ++lastId
      const { promise, resolve, reject } = Promise.withResolvers<string | null>()
      waiting.set(id, { resolve, reject })
      channel.send({ type: 'read-snapshot', id, path })
      return await promise
    }

    override async saveSnapshotFile(path: string, content: string): Promise<void> {
      snapshots.set(path, content)
      channel.send({ type: 'save-snapshot', path, content })
    }

    override async removeSnapshotFile(path: string): Promise<void> {
      snapshots.set(path, null)
      channel.send({ type: 'save-snapshot', path, content: null })
    }
  }

  return {
    environment: new ClientSnapshotEnvironment(),
    answer({ id, content, error }) {
      if (error === undefined) waiting.get(id)?.resolve(content ?? null)
      else waiting.get(id)?.reject(new Error(error))
      waiting.delete(id)
    },
  }
}
