import { createHash, randomUUID } from 'node:crypto'
import { constants, createReadStream, type Dirent } from 'node:fs'
import { copyFile, mkdir, open, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { contentTypeOf } from './content-type.ts'
import type { ArchiveStore, ByteRange, Content, StoredContent, StoredObject } from './store.ts'

/** A folder as a store. What its links lead to outside of it is not there, and neither are names that start with a dot. */
export class FolderStore implements ArchiveStore {
  readonly name: string

  /** @param folder made with the first `put` */
  constructor(folder: string) {
    this.name = folder
  }

  async read(key: string, range?: ByteRange): Promise<StoredContent | undefined> {
    const path = await this.#find(key)
    if (path === undefined) return undefined
    const found = await stat(path).catch(ignoreMissing)
    if (!found?.isFile()) return undefined
    const part = range && resolveRange(range, found.size)
    return {
      body: createReadStream(path, part ?? {}),
      bytes: found.size,
      ...(part && { range: part }),
      contentType: contentTypeOf(key),
      etag: etagOf(found),
    }
  }

  async *list(prefix: string): AsyncGenerator<StoredObject, void> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    for await (const object of this.#walk(folder)) if (object.key.startsWith(prefix)) yield object
  }

  async *folders(prefix: string): AsyncGenerator<string, void> {
    for (const entry of await this.#entries(prefix)) if (entry.isDirectory()) yield entry.name
  }

  async put(key: string, content: Content, _headers: unknown, condition?: string | null): Promise<string | undefined> {
    const path = join(this.name, ...segments(key))
    const aside = join(dirname(path), `.${randomUUID()}.tmp`)
    await mkdir(dirname(path), { recursive: true })
    try {
      if ('file' in content) await copyFile(content.file, aside, constants.COPYFILE_FICLONE)
      else await writeFile(aside, 'text' in content ? content.text : content.gzipped)
      if (condition === undefined) {
        await rename(aside, path)
        return etagOf(await stat(path))
      }
      return await this.#replace(path, aside, condition)
    } finally {
      await rm(aside, { force: true })
    }
  }

  async copy(from: string, to: string): Promise<void> {
    await this.put(to, { file: join(this.name, ...segments(from)) }, undefined)
  }

  /** File systems have no conditional rename: a file that only one process can make stands for the right to replace. */
  async #replace(path: string, aside: string, condition: string | null): Promise<string | undefined> {
    const lock = `${path}.lock`
    const held = await open(lock, 'wx').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    if (!held) {
      const left = await stat(lock).catch(ignoreMissing)
      if (left && Date.now() - left.mtimeMs > LOCK_MS) await rm(lock, { force: true })
      return undefined
    }
    try {
      const now = await stat(path).catch(ignoreMissing)
      if ((now ? etagOf(now) : null) !== condition) return undefined
      await rename(aside, path)
      return etagOf(await stat(path))
    } finally {
      await held.close()
      await rm(lock, { force: true })
    }
  }

  async *#walk(folder: string): AsyncGenerator<StoredObject, void> {
    for (const entry of await this.#entries(folder)) {
      const key = `${folder}${entry.name}`
      if (entry.isDirectory()) yield* this.#walk(`${key}/`)
      else if (entry.isFile()) {
        const found = await stat(join(this.name, key)).catch(ignoreMissing)
        if (found) yield { key, bytes: found.size, etag: etagOf(found), modifiedAt: found.mtimeMs }
      }
    }
  }

  async #entries(prefix: string): Promise<Dirent[]> {
    const entries = await readdir(join(this.name, ...segments(prefix)), { withFileTypes: true }).catch(ignoreMissing)
    return (entries ?? []).filter(({ name }) => !name.startsWith('.')).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  async #find(key: string): Promise<string | undefined> {
    const parts = segments(key)
    if (parts.some((part) => part.startsWith('.') || /[\\\0]/.test(part))) return undefined
    try {
      const [root, path] = [await realpath(this.name), await realpath(join(this.name, ...parts))]
      const inside = relative(root, path)
      return inside === '..' || inside.startsWith(`..${sep}`) ? undefined : path
    } catch {
      return undefined
    }
  }
}

/** How long the right to replace a file may be held before its holder must have died. */
const LOCK_MS = 10_000

/** @returns undefined when there is nothing in that range: the whole is what can be had */
function resolveRange(range: ByteRange, bytes: number): { start: number; end: number } | undefined {
  const start = 'last' in range ? Math.max(bytes - range.last, 0) : range.start
  const end = 'last' in range ? bytes - 1 : Math.min(range.end ?? bytes - 1, bytes - 1)
  return start > end ? undefined : { start, end }
}

function segments(key: string): string[] {
  return key.split('/').filter((part) => part !== '')
}

function etagOf({ mtimeMs, size, ino }: { mtimeMs: number; size: number; ino: number }): string {
  return createHash('sha256').update(`${mtimeMs} ${size} ${ino}`).digest('hex').slice(0, 16)
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
}
