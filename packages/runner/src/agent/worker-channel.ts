import type { FileOutcome } from '../wire/run-record.ts'

/**
 * What a worker process has of the wire: messages to and from the client, in order, once. An entry (`vitest`,
 * `function`) exports `start(channel, data)`; it is called when the channel is open.
 */
export interface WorkerChannel {
  send(message: unknown): void
  /** tells the agent, and not the client, how far the worker is */
  report(report: WorkerReport): void
  onMessage(listener: (message: unknown) => void): void
  /** called once, when the client or the agent is gone; the process ends right after it */
  onClose(listener: () => void): void
}
export type WorkerEntry = (channel: WorkerChannel, data: unknown) => Promise<void>

/** `files`: what is known of test files by now, by absolute path; `isAtWork`: whether any of them still runs. */
export interface WorkerReport {
  files: Record<string, FileOutcome>
  isAtWork: boolean
}

/** Between worker and agent a report is JSON; what is for the client begins with another byte (that of `v8.serialize`). */
export const REPORT_BYTE = '{'.charCodeAt(0)

/** The first message to a worker: what it is to be. */
export interface WorkerOrder {
  entry: 'vitest' | 'function'
  data: unknown
  /** names of packages that the client could bring */
  installed: readonly string[]
}
