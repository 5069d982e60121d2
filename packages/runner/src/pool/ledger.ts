import type { RunnerTaskResult, RunnerTaskResultPack, RunnerTestFile } from 'vitest/node'
import type { RpcRequest } from '../agent/entry-vitest-messages.ts'

/** What a worker has told of its files so far: all that is known of them when it is lost. */
export class Ledger {
  readonly files: Map<string, RunnerTestFile> = new Map()
  readonly results: Map<string, RunnerTaskResult | undefined> = new Map()

  note({ m: method, a: [first] }: RpcRequest): void {
    if (method === 'onCollected') {
      for (const file of first as RunnerTestFile[]) this.files.set(file.filepath, file)
    } else if (method === 'onTaskUpdate') {
      for (const [id, result] of first as RunnerTaskResultPack[]) this.results.set(id, result)
    }
  }

  /** True when this update says that one of the files is over. */
  endsFile({ m: method, a: [, events] }: RpcRequest): boolean {
    if (method !== 'onTaskUpdate') return false
    const ids = new Set([...this.files.values()].map(({ id }) => id))
    return (events as [string, string][]).some(([id, event]) => event === 'suite-finished' && ids.has(id))
  }

  clear(): void {
    this.files.clear()
    this.results.clear()
  }
}
