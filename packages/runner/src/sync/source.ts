import type { Stats } from 'node:fs'

/** What goes into a tree, as it lies on this disk. `path` is relative to the workspace root, with `/`. */
export type Source = SourceFile | { path: string; link: string }
export interface SourceFile {
  path: string
  stats: Look
  /** absolute, where it does not lie at `path` below the root */
  file?: string
}
/** How a file looks from outside. */
export type Look = Pick<Stats, 'size' | 'mtimeMs' | 'ctimeMs' | 'ino' | 'mode'>

/** No more than that: there are as many as there are files, and a `Stats` takes five times the memory. */
export function toLook({ size, mtimeMs, ctimeMs, ino, mode }: Look): Look {
  return { size, mtimeMs, ctimeMs, ino, mode }
}

/** Files and links that were found, and sentences about what was left out. */
export interface Found {
  sources: Source[]
  notices: string[]
  /** what else decided about that: as long as these look the same, and the files too, the same is found */
  watched: Watched[]
}
/** A folder that was listed, a link, a file whose content mattered, or nothing where there might be something. */
export interface Watched {
  /** absolute */
  path: string
  stats: Look | undefined
}

export function isSourceFile(source: Source): source is SourceFile {
  return 'stats' in source
}
