import type { Tensor } from './formats/safetensors.ts'
import type { Layer, Network } from './network.ts'

/** A network that is fetched when it is asked for. */
export type NetworkEntry = FilesEntry | TensorsEntry

/** All of a network that is known before its weights are there. */
interface Published extends Pick<Network, 'name' | 'license' | 'normalization' | 'taste'> {
  /** where it is published: what the paths of files are appended to, or the file of tensors */
  readonly url: string
}

/** A network in files that are small, or of use only as a whole. */
export interface FilesEntry extends Published {
  readonly files: readonly NetworkFile[]
  /** the hash of all files without one of their own, joined in order */
  readonly sha256OfRest?: string
  readonly build: (files: readonly Uint8Array[]) => readonly Layer[]
}

export interface NetworkFile {
  /** the name in a mirror and in the cache */
  readonly name: string
  /** the path below the entry's URL */
  readonly path: string
  readonly sha256?: string
}

/** A network in one file of safetensors, of which only the tensors that are needed are fetched. */
export interface TensorsEntry extends Published {
  /** the file's name in a mirror; its stem is a folder in the cache */
  readonly file: string
  /** the hash of each tensor's bytes, where known; where not, that of the first fetch is recorded and holds from then on */
  readonly sha256OfTensors?: Readonly<Record<string, string>>
  /**
   * The tensors that features up to the deepest of the layers need; of all convolutions, if no layers are given.
   *
   * @throws when a name is not a layer of the network
   */
  readonly tensors: (layers: readonly string[]) => readonly string[]
  /** @param tensors Those of some first layers: the network ends where they end */
  readonly build: (tensors: ReadonlyMap<string, Tensor>) => readonly Layer[]
}
