import { createHash, randomUUID } from 'node:crypto'
import { constants, mkdirSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { copyFile, mkdir, rename, unlink } from 'node:fs/promises'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { NotebookError } from '../errors.ts'
import type { AssetRef } from './schema.ts'

export const ASSETS = 'assets'

/**
 * Puts bytes beside the journal under the name of their content. Written aside and renamed: an asset that an event names is
 * whole. Equal bytes are written once.
 *
 * @param folder of the journal
 * @param extension without a dot: `png`
 * @throws NotebookError `NOTEBOOK_WRITE`
 */
export function writeAsset(folder: string, data: Uint8Array | string, extension: string, mediaType: string): AssetRef {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data
  const path = `${ASSETS}/${createHash('sha256').update(bytes).digest('hex')}.${extension}`
  const target = join(folder, path)
  if (!exists(target, bytes.length)) {
    const aside = temporaryAsset(folder)
    try {
      mkdirSync(join(folder, ASSETS), { recursive: true })
      writeFileSync(aside, bytes)
      renameSync(aside, target)
    } catch (cause) {
      discard(aside)
      throw unwritable(target, cause)
    }
  }
  return { path, bytes: bytes.length, mediaType }
}

/**
 * Takes over a file that lies in the folder already, or copies one from elsewhere: its bytes are never held in memory.
 *
 * @param file absolute; gone afterwards when `move` is set
 */
export async function addAsset(
  folder: string,
  file: string,
  extension: string,
  mediaType: string,
  { move = false }: { move?: boolean } = {},
): Promise<AssetRef> {
  const hash = createHash('sha256')
  const aside = move ? file : temporaryAsset(folder)
  try {
    await mkdir(join(folder, ASSETS), { recursive: true })
    if (!move) await copyFile(file, aside, constants.COPYFILE_FICLONE)
    await pipeline(createReadStream(aside), hash)
    const path = `${ASSETS}/${hash.digest('hex')}.${extension}`
    const bytes = statSync(aside).size
    await rename(aside, join(folder, path))
    return { path, bytes, mediaType }
  } catch (cause) {
    await unlink(aside).catch(() => {})
    throw unwritable(join(folder, ASSETS), cause)
  }
}

/** A name in the assets' folder that no reader looks at. */
export function temporaryAsset(folder: string): string {
  return join(folder, ASSETS, `.${randomUUID()}.tmp`)
}

function exists(path: string, bytes: number): boolean {
  return statSync(path, { throwIfNoEntry: false })?.size === bytes
}

function discard(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It was never made.
  }
}

function unwritable(target: string, cause: unknown): NotebookError {
  return new NotebookError(
    'NOTEBOOK_WRITE',
    `${target} could not be written: ${(cause as Error).message}. Make room, or set the \`dir\` option to a folder on another disk.`,
    { cause },
  )
}
