import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Ec2Error } from '../errors.ts'

/** What is to be copied. Paths are relative to the folder, with `/`; a single file has the path ''. */
export interface Inventory {
  isFolder: boolean
  files: InventoryFile[]
  links: { path: string; link: string }[]
  /** folders, also those with nothing in them */
  folders: string[]
}
export interface InventoryFile {
  path: string
  size: number
  mode: number
  /** sha256 in hex */
  hash: string
}

const HASHING_AT_ONCE = 8

/** @throws Ec2Error `EC2_SYNC` when nothing is there, or it is neither file, folder nor link */
export async function takeInventory(path: string, signal?: AbortSignal): Promise<Inventory> {
  const stats = await lstat(path).catch((cause: Error) => {
    throw new Ec2Error('EC2_SYNC', `${path} cannot be read here: ${cause.message}`, { cause })
  })
  const inventory: Inventory = { isFolder: stats.isDirectory(), files: [], links: [], folders: [] }
  const found: string[] = []
  if (stats.isDirectory()) await walk('')
  else if (stats.isFile()) found.push('')
  else throw new Ec2Error('EC2_SYNC', `${path} is neither a file nor a folder`)
  for (let at = 0; at < found.length; at += HASHING_AT_ONCE) {
    signal?.throwIfAborted()
    inventory.files.push(...(await Promise.all(found.slice(at, at + HASHING_AT_ONCE).map(inspect))))
  }
  return inventory

  async function walk(folder: string): Promise<void> {
    for (const entry of await readdir(join(path, folder), { withFileTypes: true })) {
      const inside = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) {
        inventory.folders.push(inside)
        await walk(inside)
      } else if (entry.isSymbolicLink()) {
        inventory.links.push({ path: inside, link: await readlink(join(path, inside)) })
      } else if (entry.isFile()) found.push(inside)
    }
  }

  async function inspect(inside: string): Promise<InventoryFile> {
    const file = join(path, inside)
    const { size, mode } = await lstat(file)
    return { path: inside, size, mode: mode & 0o777, hash: await hashFile(file) }
  }
}

/** sha256 in hex of a file's first bytes, all by default. */
export async function hashFile(path: string, bytes = Number.POSITIVE_INFINITY): Promise<string> {
  const hash = createHash('sha256')
  if (bytes === 0) return hash.digest('hex')
  const content = createReadStream(path, Number.isFinite(bytes) ? { end: bytes - 1 } : {})
  for await (const chunk of content as AsyncIterable<Buffer>) hash.update(chunk)
  return hash.digest('hex')
}

/** Names what is copied to where: the same copy, started again, finds what it left. */
export function nameOf(inventory: Inventory, target: string): string {
  const text = JSON.stringify([target, inventory.files, inventory.links])
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

export function totalBytes(files: readonly InventoryFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0)
}
