import { spawnLocalWorker, type LocalWorkerOptions } from './local-worker.ts'
import type { WorkerSource } from './worker-source.ts'

/** Workers in processes of this machine. */
export function createLocalSource(size: number, options: LocalWorkerOptions): WorkerSource {
  return {
    size,
    async open(data) {
      const worker = spawnLocalWorker(data, options)
      return { worker, host: 'this machine', collect: async () => {}, end: () => worker.stop() }
    },
    close: async () => {},
  }
}
