import { lstatSync, mkdirSync, readdirSync, statfsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { isRunning } from './is-running.ts'
import { removeRun } from './remove-run.ts'

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
export async function prepareFolders(state: string): Promise<Folders> {
  const store = join(state, 'store')
  mkdirSync(store, { recursive: true })
  // The upper layer of an overlay cannot lie on an overlay, as in containers; memory can take it then.
  const parent = statfsSync(store).type === OVERLAY_MAGIC ? `/dev/shm/vitest-ec2-${userInfo().uid}` : state
  const all = join(parent, 'runs')
  mkdirSync(all, { recursive: true, mode: 0o755 })
  // Anybody could have made it first where everybody may write.
  if (lstatSync(parent).uid !== userInfo().uid) throw new Error(`${parent} belongs to somebody else`)
  for (const name of readdirSync(all)) {
    if (!isRunning(Number(name))) await removeRun(join(all, name))
  }
  const runs = join(all, String(process.pid))
  await removeRun(runs)
  mkdirSync(runs)
  return { state, store, runs }
}
