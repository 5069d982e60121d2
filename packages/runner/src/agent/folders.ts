import { mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'

const OVERLAY_MAGIC = 0x794c7630

/** Where the agent keeps things on the host. */
export interface Folders {
  /** below it everything lies that stays between runs */
  state: string
  /** unpacked packs and trees */
  store: string
  /** upper layers of this agent's views; goes with the agent */
  runs: string
}

/** Makes the agent's folders, and removes the layers of agents that are dead. */
export function prepareFolders(state: string): Folders {
  const store = join(state, 'store')
  mkdirSync(store, { recursive: true })
  // The upper layer of an overlay cannot lie on an overlay, as in containers; memory can take it then.
  const parent = statfsSync(store).type === OVERLAY_MAGIC ? `/dev/shm/vitest-ec2-${userInfo().uid}` : state
  const all = join(parent, 'runs')
  mkdirSync(all, { recursive: true, mode: 0o755 })
  for (const name of readdirSync(all)) {
    if (!isRunning(Number(name))) rmSync(join(all, name), { recursive: true, force: true })
  }
  const runs = join(all, String(process.pid))
  rmSync(runs, { recursive: true, force: true })
  mkdirSync(runs)
  return { state, store, runs }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
