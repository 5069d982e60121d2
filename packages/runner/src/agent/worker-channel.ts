/**
 * What a worker process has of the wire: messages to and from the client, in order, once. An entry (`vitest`,
 * `function`) exports `start(channel, data)`; it is called when the channel is open.
 */
export interface WorkerChannel {
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** called once, when the client or the agent is gone; the process ends right after it */
  onClose(listener: () => void): void
}
export type WorkerEntry = (channel: WorkerChannel, data: unknown) => Promise<void>

/** The first message to a worker: what it is to be. */
export interface WorkerOrder {
  entry: 'vitest' | 'function'
  data: unknown
  /** names of packages that the client could bring */
  installed: readonly string[]
}
