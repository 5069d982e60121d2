import { readdir, readFile } from 'node:fs/promises'
import { WORKER_ENV } from './view-protocol.ts'

const ROUNDS = 20

/**
 * Kills everything a worker started, also what was detached or has lost its parent: the session of the worker, and
 * whoever inherited its environment. What hides from both ends with the view, by the kernel.
 */
export async function killDescendants(worker: string, session: number | undefined): Promise<void> {
  const marker = `${WORKER_ENV.id}=${worker}`
  for (let round = 0; round < ROUNDS; round += 1) {
    const pids = await findDescendants(marker, session)
    if (pids.length === 0) return
    for (const pid of pids) kill(pid)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

async function findDescendants(marker: string, session: number | undefined): Promise<number[]> {
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

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // gone by itself
  }
}
