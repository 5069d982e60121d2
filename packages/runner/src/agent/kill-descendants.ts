import { findDescendants } from './descendants.ts'

const ROUNDS = 20

/** Kills everything a worker started. What hides from this ends with the view, by the kernel. */
export async function killDescendants(worker: string, session: number | undefined): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const pids = await findDescendants(worker, session)
    if (pids.length === 0) return
    for (const pid of pids) kill(pid)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // gone by itself
  }
}
