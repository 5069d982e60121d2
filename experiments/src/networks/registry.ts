import { readFile } from 'node:fs/promises'
import { darknetTiny } from './darknet-tiny.ts'
import { buildDefault } from './default.ts'
import type { NetworkEntry } from './entry.ts'
import { fetchFile, verify } from './fetch-file.ts'
import type { FetchOptions } from './fetch-file.ts'
import type { Network } from './network.ts'
import { squeezenet } from './squeezenet.ts'

const ENTRIES: readonly NetworkEntry[] = [squeezenet, darknetTiny]

/** The names that `loadNetwork` knows. */
export const networkNames: readonly string[] = ['default', ...ENTRIES.map(({ name }) => name)]

/**
 * Loads a network: `'default'` ships with the project; the others are read from the mirror (`EXPERIMENTS_MIRROR`, a folder or a
 * URL), from the disk cache, or downloaded from their pinned address, and checked by hash each time.
 *
 * @throws when the name is unknown, the files cannot be had, or they are not what was pinned
 */
export async function loadNetwork(name: string, options: FetchOptions = {}): Promise<Network> {
  if (name === 'default') return buildDefault(await readFile(new URL(DEFAULT_FILE, import.meta.url)))
  const entry = ENTRIES.find((candidate) => candidate.name === name)
  if (!entry) throw new Error(`There is no network '${name}'. The networks: ${networkNames.join(', ')}`)
  const files = await Promise.all(entry.files.map((file) => fetchFile(entry, file, options)))
  if (entry.sha256OfRest) {
    const rest = files.filter((_, i) => !entry.files[i]!.sha256)
    verify(Buffer.concat(rest), entry.sha256OfRest, `the weights of ${entry.name}`)
  }
  return entry.build(files)
}

const DEFAULT_FILE = '../../networks/default.safetensors'
