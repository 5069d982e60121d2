import { findDescendants } from './descendants.ts'
import { inodesOf, listListeningSockets, type ListeningSocket } from './listening-sockets.ts'

const POLL_MS = 500

/** A worker that runs: `pid` is its process, and the session of all that it starts. */
export interface WatchedWorker {
  id: string
  pid: number | undefined
}
export interface PortChange extends Pick<ListeningSocket, 'port' | 'host'> {
  worker: string
  open: boolean
}

/**
 * Tells of the ports that workers, and what they started, listen on. Looks only while there are workers, and at their
 * processes only when sockets have come.
 *
 * @returns is called when a worker has been started
 */
export function watchPorts(workers: () => readonly WatchedWorker[], tell: (change: PortChange) => void): () => void {
  /** by inode; undefined: of somebody else */
  const known = new Map<string, PortChange | undefined>()
  let isWatching = false

  const look = async () => {
    const sockets = await listListeningSockets()
    const inodes = new Set(sockets.map(({ inode }) => inode))
    for (const [inode, change] of known) {
      if (inodes.has(inode)) continue
      known.delete(inode)
      if (change) tell({ ...change, open: false })
    }
    const fresh = sockets.filter(({ inode }) => !known.has(inode))
    if (fresh.length === 0) return
    for (const { inode } of fresh) known.set(inode, undefined)
    for (const { id, pid } of workers()) {
      const owned = await inodesOf(await findDescendants(id, pid))
      for (const { inode, port, host } of fresh) {
        if (!owned.has(inode) || known.get(inode)) continue
        const change = { worker: id, port, host, open: true }
        known.set(inode, change)
        tell(change)
      }
    }
  }

  return () => {
    if (isWatching) return
    isWatching = true
    void (async () => {
      while (workers().length > 0) {
        await look().catch(() => {}) // a machine without /proc has views neither
        await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      }
      known.clear()
      isWatching = false
    })()
  }
}
