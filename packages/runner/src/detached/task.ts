import type { RunRecord } from '../wire/run-record.ts'

/** What the host is told of a detached run. */
export interface DetachedTask {
  record: RunRecord
  bucket: { name: string; account: string }
  /** absolute path of Vitest's program */
  vitest: string
  /** absolute */
  cwd: string
  /** a run whose saved files lie in the workspace from the beginning */
  after?: string
  /** of Vitest, besides what the host has */
  env: Record<string, string>
}
