import { mkdirSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { createOutbox } from './entry-vitest-outbox.ts'
import { createPreloadCache } from './entry-vitest-cache.ts'
import { createProgress } from './entry-vitest-progress.ts'
import { watchMissingVariables } from './missing-variables.ts'
import { createHostSnapshots, type SnapshotEnvironmentClass } from './entry-vitest-snapshots.ts'
import type { FromVitestWorker, ToVitestWorker, VitestWorkerData } from './entry-vitest-messages.ts'
import type { WorkerChannel } from './worker-channel.ts'

/**
 * Runs Vitest's worker over a channel instead of a child process's IPC. The other end is
 * {@link file://./../pool/remote-worker.ts}.
 */
export async function start(channel: WorkerChannel, data: unknown): Promise<void> {
  const inbox = createInbox(channel)
  const paths = data as VitestWorkerData
  const vitest = (await import(pathToFileURL(paths.worker).href)) as VitestWorkerModule
  const { VitestSnapshotEnvironment } = (await import(pathToFileURL(paths.runtime).href)) as VitestRuntimeModule

  const exit = process.exit.bind(process)
  const listeners = new Set<(message: unknown) => void>()
  const deliver = (message: unknown) => {
    for (const listener of listeners) listener(message)
  }
  const cache = createPreloadCache()
  const snapshots = createHostSnapshots(VitestSnapshotEnvironment, channel, cache)
  const outbox = createOutbox({ channel, cache, deliver, onStarted: inbox.release })
  const progress = createProgress((report) => channel.report(report))
  watchMissingVariables((name) => channel.send({ type: 'missing-variable', name } satisfies FromVitestWorker))

  vitest.init({
    post: (message) => {
      outbox.post(message)
      progress.fromVitest(message)
    },
    on: (listener) => listeners.add(listener),
    off: (listener) => listeners.delete(listener),
    setup: vitest.setupEnvironment,
    // Vitest forbids `process.exit` while tests run.
    teardown: () => {
      process.exit = exit
    },
    runTests: (state, traces) => {
      const { coverage, snapshotOptions } = state.config
      if (coverage.enabled && coverage.coverageFilesDirectory) {
        mkdirSync(coverage.coverageFilesDirectory, { recursive: true })
      }
      if (!state.config.snapshotEnvironment) snapshotOptions.snapshotEnvironment ??= snapshots.environment
      return vitest.runBaseTests('run', state, traces)
    },
    collectTests: (state, traces) => vitest.runBaseTests('collect', state, traces),
  })

  inbox.open((frame) => {
    if (frame.type === 'preload') cache.add(frame.preload)
    else if (frame.type === 'answer') snapshots.answer(frame)
    else {
      progress.toVitest(frame.message)
      deliver(outbox.receive(frame.message))
    }
  })
}

/** Messages wait until Vitest listens, and a `run` until Vitest has started: it would find no environment. */
function createInbox(channel: WorkerChannel): {
  open: (listener: (frame: ToVitestWorker) => void) => void
  release: () => void
} {
  let waiting: ToVitestWorker[] = []
  let deliver: ((frame: ToVitestWorker) => void) | undefined
  let isStarted = false
  const flush = () => {
    const frames = waiting
    waiting = []
    for (const frame of frames) {
      // What Vitest asked for to start is not held up by what it does after.
      if (deliver && (isStarted || !isRun(frame))) deliver(frame)
      else waiting.push(frame)
    }
  }
  channel.onMessage((message) => {
    waiting.push(message as ToVitestWorker)
    flush()
  })
  return {
    open(listener) {
      deliver = listener
      flush()
    },
    release() {
      isStarted = true
      // The listener that waits for `started` answers first.
      queueMicrotask(flush)
    },
  }
}

function isRun(frame: ToVitestWorker): boolean {
  return frame.type === 'vitest' && (frame.message as { type?: unknown } | null)?.type === 'run'
}

/** The little of `vitest/worker` that is used; its types cannot be imported here. */
interface VitestWorkerModule {
  init(worker: {
    post: (message: unknown) => void
    on: (listener: (message: unknown) => void) => void
    off: (listener: (message: unknown) => void) => void
    setup: unknown
    teardown: () => void
    runTests: (state: WorkerState, traces: unknown) => unknown
    collectTests: (state: WorkerState, traces: unknown) => unknown
  }): void
  runBaseTests(method: 'run' | 'collect', state: WorkerState, traces: unknown): Promise<void>
  setupEnvironment: unknown
}
interface WorkerState {
  config: {
    coverage: { enabled?: boolean; coverageFilesDirectory?: string }
    snapshotEnvironment?: string
    snapshotOptions: { snapshotEnvironment?: unknown }
  }
}
interface VitestRuntimeModule {
  VitestSnapshotEnvironment: SnapshotEnvironmentClass
}
