import { availableParallelism } from 'node:os'
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import { startThread } from './start-thread.ts'

/** Threads that run one module, made when they are needed and ended when they are not. */
export interface Threads {
  /**
   * Gives a job to one of them: what it gets is the job, and a port to whoever talks with it here.
   * @throws what `talk` throws, and why a thread ended under its job
   */
  run<T>(job: object, talk: (port: MessagePort) => Promise<T>): Promise<T>
  /** Counts one more job of many alike. False for the first few in a row: these are done before a thread has started. */
  isForThread(): boolean
}

/** What a thread is sent for each job. */
export interface ThreadJob<T> {
  job: T
  port: MessagePort
}

interface Thread {
  worker: Worker
  jobs: number
  /** rejects when it ends */
  lost: Promise<never>
}

const MAX_THREADS = 4
const IDLE_MS = 5000
const FEW = 32
/** Without a job for so long a row ends. */
const ROW_MS = 1000

/** `module`: absolute path of what each of them runs; it listens to `parentPort` for `ThreadJob`s */
export function createThreads(module: string): Threads {
  const threads: Thread[] = []
  let idle: NodeJS.Timeout | undefined
  let inRow = 0
  let lastAt = 0
  return {
    isForThread() {
      const now = performance.now()
      inRow = now - lastAt > ROW_MS ? 1 : inRow + 1
      lastAt = now
      return inRow > FEW
    },
    async run(job, talk) {
      clearTimeout(idle)
      const thread = take()
      const { port1, port2 } = new MessageChannel()
      thread.jobs += 1
      try {
        thread.worker.postMessage({ job, port: port2 } satisfies ThreadJob<object>, [port2])
        return await Promise.race([thread.lost, talk(port1)])
      } finally {
        thread.jobs -= 1
        port1.close()
        if (threads.every(({ jobs }) => jobs === 0)) idle = setTimeout(end, IDLE_MS).unref()
      }
    },
  }

  /** One that has the least to do; a new one before a second job for any. */
  function take(): Thread {
    const free = threads.toSorted((a, b) => a.jobs - b.jobs)[0]
    if (free && (free.jobs === 0 || threads.length >= Math.min(MAX_THREADS, availableParallelism()))) return free
    const worker = startThread(module)
    const { promise: lost, reject } = Promise.withResolvers<never>()
    lost.catch(() => {}) // thrown to those whose job it has
    const thread = { worker, jobs: 0, lost }
    threads.push(thread)
    worker.once('error', reject)
    worker.once('exit', (code) => {
      reject(new Error(`A thread of ${module} ended with ${code}`))
      if (threads.includes(thread)) threads.splice(threads.indexOf(thread), 1)
    })
    return thread
  }

  function end(): void {
    for (const { worker } of threads.splice(0)) void worker.terminate()
  }
}
