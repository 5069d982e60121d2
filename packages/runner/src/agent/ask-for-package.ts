import { spawnSync } from 'node:child_process'
import { extname, join } from 'node:path'
import type { MissedPackage } from '../wire/protocol.ts'

/** What a process needs to speak to the agent in the name of a worker. */
export interface WorkerIdentity {
  socket: string
  agent: string
  worker: string
  secret: string
}

/**
 * Asks the agent for a package and waits for it, without giving any other code its turn: `require` does not wait.
 * @throws Error with what the client said when it cannot be brought
 */
export function askForPackage(identity: WorkerIdentity, missed: MissedPackage): void {
  const main = join(import.meta.dirname, `ask-for-package-main${extname(import.meta.filename)}`)
  const { status, stderr } = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
    input: JSON.stringify({ identity, missed }),
    encoding: 'utf8',
    env: {},
  })
  if (status === 0) return
  throw Object.assign(
    new Error(
      `The package ${missed.name}, which is asked for in ${missed.from}, is not on this host and could not be brought: ${stderr.trim()}`,
    ),
    { code: 'MODULE_NOT_FOUND' },
  )
}
