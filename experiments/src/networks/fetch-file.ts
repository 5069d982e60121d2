import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { NetworkEntry, NetworkFile } from './entry.ts'

export interface FetchOptions {
  /** a folder or URL that has the files; defaults to the variable EXPERIMENTS_MIRROR */
  readonly mirror?: string | undefined
  /** where downloads are kept; defaults to a folder of the user's cache */
  readonly cache?: string | undefined
}

/**
 * Gets one file of a network: from the mirror if one is named, else from the disk cache, else from its pinned URL.
 *
 * @throws with every place that was tried, and what to do without a network
 */
export async function fetchFile(
  entry: Pick<NetworkEntry, 'name' | 'url'>,
  file: NetworkFile,
  { mirror = process.env['EXPERIMENTS_MIRROR'], cache = cacheFolder() }: FetchOptions = {},
): Promise<Uint8Array> {
  const cached = join(cache, file.name)
  const places = [...(mirror ? [joinPlace(mirror, file.name)] : []), cached, entry.url + file.path]
  const failures: string[] = []
  for (const place of places) {
    try {
      const bytes = await read(place)
      if (file.sha256) verify(bytes, file.sha256, place)
      if (place === places.at(-1)) await store(cached, bytes)
      return bytes
    } catch (error) {
      failures.push(`  ${place}: ${reason(error)}`)
    }
  }
  throw new Error(
    `Cannot get ${file.name} for the network ${entry.name}. Tried\n${failures.join('\n')}\n` +
      `Without a way to the net, use the network 'default', or name a folder or URL that has the file in EXPERIMENTS_MIRROR`,
  )
}

/** Compares the SHA-256 of bytes with what was pinned. */
export function verify(bytes: Uint8Array, sha256: string, what: string): void {
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found !== sha256) throw new Error(`Expected ${what} to have the SHA-256 ${sha256}, got ${found}`)
}

async function read(place: string): Promise<Uint8Array> {
  if (!/^https?:/.test(place)) return readFile(place)
  const response = await fetch(place, { signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS) })
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`)
  return new Uint8Array(await response.arrayBuffer())
}

async function store(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const draft = `${path}.${process.pid}`
  await writeFile(draft, bytes)
  await rename(draft, path)
}

function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  return join(base, 'vitest-experiments', 'networks')
}

function joinPlace(mirror: string, name: string): string {
  return /^https?:/.test(mirror) ? `${mirror.replace(/\/$/, '')}/${name}` : join(mirror, name)
}

function reason(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error ? `${message} (${cause.message})` : message
}

const DOWNLOAD_TIMEOUT_MS = 120_000
