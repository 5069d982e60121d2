import { lstatSync, readdirSync, type BigIntStats } from 'node:fs'
import { join } from 'node:path'
import { createFollower, type Follower } from './mirror-follower.ts'
import type { MirrorTeller } from './mirror-teller.ts'

const TICK_MS = 50
/** A scan takes at most one part in so many of the time. */
const IDLE_SHARE = 20

export interface Mirror {
  /** looks once more, exactly: resolves when everything that was there at the call has been told */
  drain(): Promise<void>
  stop(): void
}

/**
 * Follows a folder of an upper layer: growth, new, replaced, shortened and deleted files are told in order of discovery.
 * Polls, because an overlay hides writes from watchers of its upper layer; the interval follows the number of files.
 */
export function startMirror(source: string, teller: MirrorTeller): Mirror {
  const followers = new Map<string, Follower>()
  let scanning: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  const scan = async (isExact: boolean) => {
    const files = new Map<string, BigIntStats>()
    const started = performance.now()
    list(source, '', files)
    const elapsed = performance.now() - started
    for (const path of followers.keys()) {
      if (files.has(path)) continue
      followers.delete(path)
      await teller.tell({ kind: 'delete', path })
    }
    for (const [path, stats] of files) {
      if (isStopped) return
      let follower = followers.get(path)
      if (!follower) {
        follower = createFollower(join(source, path), path, teller)
        followers.set(path, follower)
      }
      await follower.follow(stats, isExact)
    }
    return elapsed
  }
  const loop = async () => {
    let elapsed = 0
    scanning = scan(false).then(
      (ms = 0) => void (elapsed = ms),
      () => {}, // the session is closed, or the view is
    )
    await scanning
    scanning = undefined
    if (!isStopped) timer = setTimeout(() => void loop(), Math.max(TICK_MS, elapsed * IDLE_SHARE))
  }
  void loop()

  return {
    async drain() {
      clearTimeout(timer)
      await scanning
      if (isStopped) return
      scanning = scan(true).then(() => {})
      await scanning
      clearTimeout(timer)
      timer = setTimeout(() => void loop(), TICK_MS)
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

/** Plain files only: links could lead anywhere, and whiteouts (character devices) are deletions. */
function list(source: string, folder: string, files: Map<string, BigIntStats>): void {
  let entries
  try {
    entries = readdirSync(join(source, folder), { withFileTypes: true })
  } catch {
    return // not there yet, or gone
  }
  for (const entry of entries) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) {
      list(source, path, files)
    } else if (entry.isFile()) {
      const stats = lstatSync(join(source, path), { bigint: true, throwIfNoEntry: false })
      if (stats) files.set(path, stats)
    }
  }
}
