import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Removes what lies in a folder of the cache and was not touched for so long (ms): also what killed processes have begun. */
export async function removeOld(folder: string, ageMs: number): Promise<void> {
  for (const { path, at } of await list(folder)) {
    if (Date.now() - at > ageMs) await rm(path, { recursive: true, force: true })
  }
}

/** Leaves as many files in a folder of the cache, those that were written last. Never throws. */
export async function removeOldest(folder: string, kept: number): Promise<void> {
  const oldest = (await list(folder)).toSorted((a, b) => b.at - a.at).slice(kept)
  await Promise.all(oldest.map(({ path }) => rm(path, { force: true }).catch(() => {})))
}

async function list(folder: string): Promise<{ path: string; at: number }[]> {
  const paths = (await readdir(folder).catch(() => [])).map((name) => join(folder, name))
  const entries = await Promise.all(
    paths.map(async (path) => ({ path, at: (await stat(path).catch(() => undefined))?.mtimeMs })),
  )
  return entries.flatMap(({ path, at }) => (at === undefined ? [] : [{ path, at }]))
}
