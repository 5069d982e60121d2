import { readFile } from 'node:fs/promises'
import { darknetTiny } from './darknet-tiny.ts'
import { buildDefault } from './default.ts'
import type { NetworkEntry } from './entry.ts'
import { fetchFile } from './fetch-file.ts'
import { fetchTensors } from './fetch-tensors.ts'
import { inceptionV1 } from './inception-v1.ts'
import type { Network, Taste } from './network.ts'
import { verify } from './places.ts'
import type { FetchOptions } from './places.ts'
import { squeezenet } from './squeezenet.ts'
import { vgg16, vgg19 } from './vgg.ts'

const ENTRIES: readonly NetworkEntry[] = [squeezenet, darknetTiny, vgg16, vgg19, inceptionV1]

/** The names that `loadNetwork` knows. */
export const networkNames: readonly string[] = ['default', ...ENTRIES.map(({ name }) => name)]

/** The names that the files of a network have in a mirror; none for the one that ships with the project. */
export function filesOf(network: string): readonly string[] {
  const entry = ENTRIES.find(({ name }) => name === network)
  if (!entry) return []
  return 'tensors' in entry ? [entry.file] : entry.files.map(({ name }) => name)
}

export interface LoadOptions extends FetchOptions {
  /**
   * the layers that will be looked at, or which they are by the network's taste: of VGG only those up to the deepest are fetched. Defaults
   * to all, without the dense ones
   */
  readonly layers?: readonly string[] | ((taste: Taste) => readonly string[])
}

/**
 * Loads a network: `'default'` ships with the project; the others are read from the mirror (`EXPERIMENTS_MIRROR`, a folder or a
 * URL), from the disk cache, or downloaded from their address, and checked by hash each time: a pinned one, or for the tensors of VGG that of
 * their first fetch.
 *
 * @throws when the name is unknown, the files cannot be had, or they are not what was pinned
 */
export async function loadNetwork(name: string, options: LoadOptions = {}): Promise<Network> {
  if (name === 'default') return buildDefault(await readFile(new URL(DEFAULT_FILE, import.meta.url)))
  const entry = ENTRIES.find((candidate) => candidate.name === name)
  if (!entry) throw new Error(`There is no network '${name}'. The networks: ${networkNames.join(', ')}`)
  const { license, url, normalization, taste } = entry
  const published = { name, license, normalization, taste }
  if ('tensors' in entry) {
    const { layers: given = [] } = options
    const tensors = await fetchTensors(
      entry,
      entry.tensors(typeof given === 'function' ? given(taste) : given),
      options,
    )
    return { ...published, source: `${url}, each tensor held to its first fetch`, layers: entry.build(tensors) }
  }
  const files = await Promise.all(entry.files.map((file) => fetchFile(entry, file, options)))
  if (entry.sha256OfRest) {
    const rest = files.filter((_, i) => !entry.files[i]!.sha256)
    verify(Buffer.concat(rest), entry.sha256OfRest, `the weights of ${entry.name}`)
  }
  return { ...published, source: url, layers: entry.build(files) }
}

const DEFAULT_FILE = '../../networks/default.safetensors'
