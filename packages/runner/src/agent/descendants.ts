import { readdir, readFile } from 'node:fs/promises'
import { WORKER_ENV } from './view-protocol.ts'

/**
 * Processes that a worker started, also what was detached or has lost its parent: the session of the worker, and whoever
 * inherited its environment.
 */
export async function findDescendants(worker: string, session: number | undefined): Promise<number[]> {
  const marker = `${WORKER_ENV.id}=${worker}`
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 1 && pid !== process.pid)
  const found = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '')
      // After the name, which may hold anything: state, parent, group, session.
      const [state, , , ofSession] = status.slice(status.lastIndexOf(')') + 2).split(' ')
      if (state === undefined || 'ZX'.includes(state)) return []
      if (session !== undefined && Number(ofSession) === session) return [pid]
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')
      return environment.split('\0').includes(marker) ? [pid] : []
    }),
  )
  return found.flat()
}
