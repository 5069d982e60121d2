import { createHash } from 'node:crypto'
import { createReadStream, type Dirent, type Stats } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { ViewFile, ViewSettings } from './view-protocol.ts'

/**
 * What was written below the root of a view. Looks only into folders that the upper layer has, and compares what the
 * view shows there with the trees: so renamed and re-made folders come out right without reading extended attributes.
 * With `tellsOrigin` each file that replaces one is told with the hash of that.
 */
export function createWritten(
  { root, upper, trees }: ViewSettings,
  { tellsOrigin = false }: { tellsOrigin?: boolean } = {},
): () => Promise<ViewFile[]> {
  const hashOf = createHasher()
  return async () => {
    const files: ViewFile[] = []
    await compare('')
    return files.toSorted((a, b) => (a.path < b.path ? -1 : 1))

    async function compare(folder: string): Promise<void> {
      const [now, before] = await Promise.all([list(join(root, folder)), inTrees(folder)])
      const names = new Set(now.map((entry) => entry.name))
      for (const [name, was] of before) if (!names.has(name)) await addDeleted(join(folder, name), was)
      for (const entry of now) {
        const path = join(folder, entry.name)
        const was = before.get(entry.name)
        if (entry.isDirectory()) {
          if (was?.isDirectory() === false) files.push({ path, kind: 'deleted' })
          if (was?.isDirectory() !== true) await addAll(path)
          else if (await lstatOr(join(upper, path))) await compare(path)
        } else {
          if (was?.isDirectory() === true) await addDeleted(path, was)
          await addChanged(path, was?.isDirectory() === true ? undefined : was)
        }
      }
    }

    async function addAll(folder: string): Promise<void> {
      for (const entry of await list(join(root, folder))) {
        const path = join(folder, entry.name)
        if (entry.isDirectory()) await addAll(path)
        else await addChanged(path, undefined)
      }
    }

    async function addDeleted(path: string, was: Dirent): Promise<void> {
      if (!was.isDirectory()) files.push({ path, kind: 'deleted' })
      else for (const [name, entry] of await inTrees(path)) await addDeleted(join(path, name), entry)
    }

    async function addChanged(path: string, before: Dirent | undefined): Promise<void> {
      const file = join(root, path)
      const now = await lstatOr(file)
      if (!now) return // deleted while we looked
      const then = before && (await lstatInTrees(path))
      if (now.isSymbolicLink()) {
        const link = await readlink(file)
        if (then?.stats.isSymbolicLink() && (await readlink(then.file)) === link) return
        files.push({ path, kind: 'link', link })
      } else if (now.isFile()) {
        if (then && now.ino === then.stats.ino && !(await lstatOr(join(upper, path)))) return // shown through from a tree
        const hash = await hashOf(file, now)
        const isAlike = then?.stats.isFile() && hasSameMode(now, then.stats) && now.size === then.stats.size
        const was = then?.stats.isFile() && (isAlike || tellsOrigin) ? await hashOf(then.file, then.stats) : undefined
        if (isAlike && was === hash) return
        const origin = tellsOrigin && was !== undefined ? { was } : {}
        files.push({ path, kind: 'file', size: now.size, mode: now.mode & 0o777, hash, ...origin })
      }
    }
  }

  /** Entries of a folder in all trees, the topmost first. */
  async function inTrees(folder: string): Promise<Map<string, Dirent>> {
    const entries = new Map<string, Dirent>()
    for (const tree of trees) {
      for (const entry of await list(join(tree, folder))) {
        if (!entries.has(entry.name)) entries.set(entry.name, entry)
      }
    }
    return entries
  }

  async function lstatInTrees(path: string): Promise<{ file: string; stats: Stats } | undefined> {
    for (const tree of trees) {
      const file = join(tree, path)
      const stats = await lstatOr(file)
      if (stats) return { file, stats }
    }
    return undefined
  }
}

async function list(folder: string): Promise<Dirent[]> {
  return await readdir(folder, { withFileTypes: true }).catch(() => [])
}

async function lstatOr(path: string): Promise<Stats | undefined> {
  return await lstat(path).catch(() => undefined)
}

/** Trees keep no other bits than these. */
function hasSameMode(a: Stats, b: Stats): boolean {
  return (a.mode & 0o111) === (b.mode & 0o111)
}

/** Remembers what it read: a large file that has not changed since is not read again. */
function createHasher(): (file: string, stats: Stats) => Promise<string> {
  const known = new Map<string, { look: string; hash: string }>()
  return async (file, { dev, ino, size, mtimeMs, ctimeMs }) => {
    const look = [dev, ino, size, mtimeMs, ctimeMs].join(' ')
    const last = known.get(file)
    if (last?.look === look) return last.hash
    const hash = createHash('sha256')
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
    const digest = hash.digest('hex')
    known.set(file, { look, hash: digest })
    return digest
  }
}
