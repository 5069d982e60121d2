import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { accept } from './accept.ts'
import { startClocks } from './clocks.ts'
import { prepareFolders } from './folders.ts'
import type { Host } from './host.ts'
import { readHostInfo } from './host-info.ts'
import { isAnswering } from './is-answering.ts'
import { removeRun } from './remove-run.ts'
import { shutDown } from './shut-down.ts'
import { watchSpotNotice } from './spot-notice.ts'
import { createStore } from './store.ts'
import { findViewMode } from './view-mode.ts'

const UNUSED_MS = 30 * 24 * 3600_000

export interface ServeOptions {
  /** the agent's folder on this host */
  state: string
  /** hash of the sources it runs from */
  agent: string
  socket: string
}

/** Runs an agent until it is told to end, or nobody needs it any more. Returns at once when one is there already. */
export async function serve({ state, agent, socket }: ServeOptions): Promise<void> {
  if (await isAnswering(socket)) return
  rmSync(socket, { force: true })
  const folders = await prepareFolders(state)
  const view = await findViewMode(folders)
  const info = readHostInfo(folders, view)
  info.catch(() => {}) // told to whoever asks
  const host: Host = {
    agent,
    socket,
    folders,
    store: createStore(folders.store),
    view,
    clocks: startClocks({ onExpired: () => void host.end({ powerOff: false }) }),
    sessions: new Map(),
    readInfo: () => info,
    async end({ powerOff }) {
      server.close()
      spotNotice.stop()
      await Promise.allSettled([...host.sessions.values()].map((session) => session.close()))
      host.clocks.stop()
      rmSync(socket, { force: true })
      await removeRun(folders.runs)
      if (powerOff) await shutDown()
      process.exit(0)
    },
  }
  const spotNotice = watchSpotNotice((at) => {
    for (const session of host.sessions.values()) session.tellSpotNotice(at)
  })
  const server = createServer({ pauseOnConnect: false }, (stream) => {
    stream.on('error', () => {}) // told by `close`
    accept(stream, host).catch(() => stream.destroy())
  })
  process.umask(0o077)
  server.listen(socket)
  process.umask(0o022)
  // On machines that stay: what no client has asked for in a month is sent again when one does.
  host.store.prune({ unusedForMs: UNUSED_MS }).catch(() => {})
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void host.end({ powerOff: false }))
}
