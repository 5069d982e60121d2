import { createWriteStream } from 'node:fs'
import { lstat, mkdir, rename, rm, stat, symlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Ec2Error } from '../errors.ts'
import { commandFailed } from '../host/command-failed.ts'
import { confine } from '../host/confine.ts'
import type { Connection, RemoteProcess } from '../host/connection.ts'
import { quote } from '../host/shell.ts'
import { counter, type Copied, type CopyOptions } from './copy.ts'
import { hashFile, nameOf, takeInventory, totalBytes, type Inventory, type InventoryFile } from './inventory.ts'
import { toLots } from './lots.ts'
import { takeRemoteInventory } from './remote-inventory.ts'
import { unpackInto } from './tar.ts'

/**
 * Copies a file or folder of a machine to exactly that path here, as `put` does the other way. What the machine says
 * leads nowhere but below that path.
 * @throws Ec2Error `EC2_SYNC`, `EC2_PROTOCOL` for names that lead elsewhere
 */
export async function get(
  connection: Connection,
  from: string,
  to: string,
  options: CopyOptions = {},
): Promise<Copied> {
  const { signal, onProgress = () => {} } = options
  const target = resolve(to)
  const inventory = await takeRemoteInventory(connection, from, signal)
  const staging = join(dirname(target), `.${basename(target)}.${nameOf(inventory, target)}.part`)
  const content = join(staging, 'content')
  await makeFolders(staging, content, inventory)
  const missing: InventoryFile[] = []
  for (const file of inventory.files) {
    const isThere = (await isSame(join(target, file.path), file)) || (await isSame(join(content, file.path), file))
    if (!isThere) missing.push(file)
  }
  const total = totalBytes(inventory.files)
  let done = total - totalBytes(missing)
  let sent = 0
  const count = (bytes: number) => {
    done += bytes
    sent += bytes
    onProgress({ doneBytes: Math.min(done, total), totalBytes: total })
  }

  const { large, lots } = toLots(missing)
  await Promise.all([...lots.map(fetchTogether), fetchLarge(large)])
  await verify(content, inventory, missing)
  await moveIntoPlace(content, target, inventory)
  await rm(staging, { recursive: true, force: true })
  return { files: inventory.files.length, bytes: total, sent }

  async function fetchTogether(files: InventoryFile[]): Promise<void> {
    const line = `cd ${quote(from)} && tar -cf - --null --no-recursion -T -`
    const tar = await connection.spawn(line, signal ? { signal } : {})
    tar.stdin.on('error', () => {}) // its end tells
    tar.stdin.end(files.map(({ path }) => `./${path}\0`).join(''))
    const { archive, ended } = unpackInto(content)
    await Promise.all([finished(tar, line), pipeline(tar.stdout, counter(count), archive), ended])
  }

  async function fetchLarge(files: InventoryFile[]): Promise<void> {
    for (const { path, size, mode } of files) {
      const part = join(content, path)
      const source = path === '' ? from : `${from}/${path}`
      const at = await partHere(part, source, size)
      done += at
      const line = `tail -c +${at + 1} -- ${quote(source)}`
      const tail = await connection.spawn(line, signal ? { signal } : {})
      tail.stdin.on('error', () => {}).end()
      const output = createWriteStream(part, { flags: at > 0 ? 'a' : 'w', mode })
      await Promise.all([finished(tail, line), pipeline(tail.stdout, counter(count), output)])
    }
  }

  /** Bytes that arrived before and are as they are there. */
  async function partHere(part: string, source: string, size: number): Promise<number> {
    const at = (await stat(part).catch(() => undefined))?.size ?? 0
    if (at === 0 || at >= size) return 0
    const { stdout } = await connection.exec(
      `head -c ${at} -- ${quote(source)} | sha256sum -b`,
      signal ? { signal } : {},
    )
    return stdout.startsWith(await hashFile(part)) ? at : 0
  }

  async function finished(process: RemoteProcess, line: string): Promise<void> {
    let stderr = ''
    process.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    const { code, signal: by } = await process.exited
    signal?.throwIfAborted()
    if (code !== 0) throw commandFailed(line, connection.name, { code, signal: by, stdout: '', stderr })
  }
}

async function makeFolders(staging: string, content: string, inventory: Inventory): Promise<void> {
  await mkdir(staging, { recursive: true })
  if (!inventory.isFolder) return
  await mkdir(content, { recursive: true })
  for (const folder of inventory.folders) await confine(content, `${folder}/x`)
  for (const { path } of inventory.files) await confine(content, path)
  for (const { path, link } of inventory.links) {
    const place = await confine(content, path)
    await rm(place, { force: true })
    await symlink(link, place)
  }
}

async function isSame(path: string, { size, hash }: InventoryFile): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined)
  return stats?.isFile() === true && stats.size === size && (await hashFile(path)) === hash
}

/** Exactly what was wanted is there, as plain files. */
async function verify(content: string, inventory: Inventory, files: readonly InventoryFile[]): Promise<void> {
  if (files.length === 0 && !inventory.isFolder) return
  const found = await takeInventory(content)
  const hashes = new Map(found.files.map(({ path, hash }) => [path, hash]))
  const wrong = files.filter(({ path, hash }) => hashes.get(path) !== hash)
  const wanted = new Set([...inventory.files, ...inventory.links].map(({ path }) => path))
  const foreign = [...found.files, ...found.links].filter(({ path }) => !wanted.has(path))
  if (wrong.length === 0 && foreign.length === 0) return
  await rm(content, { recursive: true, force: true })
  if (foreign.length > 0) {
    throw new Ec2Error('EC2_PROTOCOL', `The host sent files that it did not announce: \`${foreign[0]!.path}\``)
  }
  throw new Ec2Error('EC2_SYNC', `${wrong.length} files did not arrive here as they are there: \`${wrong[0]!.path}\``, {
    fix: 'Did they change while they were copied? Copy them again.',
    data: { paths: wrong.map(({ path }) => path) },
  })
}

/** A new target appears whole; in a folder that is there, each file is replaced. */
async function moveIntoPlace(content: string, target: string, inventory: Inventory): Promise<void> {
  const stats = await lstat(target).catch(() => undefined)
  const isWhole = !stats || (!inventory.isFolder && !stats.isDirectory())
  if (isWhole) {
    if (await lstat(content).catch(() => undefined)) await rename(content, target)
    return
  }
  if (!inventory.isFolder || !stats.isDirectory()) {
    throw new Ec2Error(
      'EC2_SYNC',
      `${target} is ${stats.isDirectory() ? 'a folder' : 'a file'} here, and what is copied is not`,
    )
  }
  for (const folder of inventory.folders) await confine(target, `${folder}/x`)
  for (const { path } of [...inventory.files, ...inventory.links]) {
    const part = join(content, path)
    if (await lstat(part).catch(() => undefined)) await rename(part, await confine(target, path))
  }
}
