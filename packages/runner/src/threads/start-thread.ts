import { Worker } from 'node:worker_threads'

/**
 * MB for what is new. Buffers are freed when their objects are collected. In a large nursery that takes so long that the
 * bytes behind them, of which nobody there counts, make the garbage collector look through all that is old instead.
 */
const NURSERY_MB = 2

/** Starts a thread that moves many bytes; it holds no process: whoever waits for it does. */
export function startThread(module: string, workerData?: unknown): Worker {
  const worker = new Worker(module, { workerData, resourceLimits: { maxYoungGenerationSizeMb: NURSERY_MB } })
  worker.unref()
  return worker
}
