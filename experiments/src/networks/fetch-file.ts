import { readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { download } from './download.ts'
import type { FilesEntry, NetworkFile } from './entry.ts'
import { inMirror, isUrl, unavailable, verify, withDefaults } from './places.ts'
import type { FetchOptions } from './places.ts'

/**
 * Gets one file of a network: from the mirror if one is named, else from the disk cache, else from its pinned URL. What comes from a URL is
 * kept in the cache.
 *
 * @throws {NetworkError} with every place that was tried, and what to do without a network
 */
export async function fetchFile(
  entry: Pick<FilesEntry, 'name' | 'url'>,
  file: NetworkFile,
  options: FetchOptions = {},
): Promise<Uint8Array> {
  const { mirror, cache } = withDefaults(options)
  const cached = join(cache, file.name)
  const places = [cached, entry.url + file.path]
  // A folder is as near as the cache; a mirror on the net is not asked for what is here.
  if (mirror) places.splice(isUrl(mirror) ? 1 : 0, 0, inMirror(mirror, file.name))
  const failures: { place: string; error: unknown }[] = []
  for (const place of places) {
    try {
      return isUrl(place) ? await downloadFile(place, cached, file.sha256) : await readVerified(place, file.sha256)
    } catch (error) {
      failures.push({ place, error })
    }
  }
  throw unavailable(entry.name, file.name, failures)
}

async function downloadFile(url: string, cached: string, sha256: string | undefined): Promise<Uint8Array> {
  const draft = await download(url, cached)
  try {
    const bytes = await readVerified(draft, sha256, url)
    await rename(draft, cached)
    return bytes
  } finally {
    await rm(draft, { force: true })
  }
}

async function readVerified(path: string, sha256: string | undefined, what = path): Promise<Uint8Array> {
  const bytes = await readFile(path)
  if (sha256) verify(bytes, sha256, what)
  return bytes
}
