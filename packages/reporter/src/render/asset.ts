import { readFile } from 'node:fs/promises'
import { isAbsolute, relative, resolve } from 'node:path'
import type { AssetRef } from '../journal/schema.ts'

/**
 * Reads a file of the notebook.
 *
 * @param folder the journal's folder
 * @throws Error when the path leads out of the folder, or the file is not there
 */
export async function readAsset(folder: string, asset: Pick<AssetRef, 'path'>): Promise<Buffer> {
  return await readFile(assetPath(folder, asset))
}

/** The absolute path of an asset. A journal may come from another machine: nothing outside its folder is ever read. */
export function assetPath(folder: string, { path }: Pick<AssetRef, 'path'>): string {
  const absolute = resolve(folder, path)
  const inside = relative(folder, absolute)
  if (inside === '' || inside.startsWith('..') || isAbsolute(inside)) {
    throw new Error(
      `The asset "${path}" lies outside the notebook's folder ${folder}; the journal is damaged or forged.`,
    )
  }
  return absolute
}

/** An asset's URL relative to the notebook's page. A name with `:` or `//` in it cannot become another scheme or host. */
export function assetHref({ path }: Pick<AssetRef, 'path'>): string {
  const href = path
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .map(encodeURIComponent)
    .join('/')
  return href === '' ? '#' : href
}
