import { readFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { basename, isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NotebookError } from '../../errors.ts'
import { fetchInput } from '../fetch-input.ts'
import { isPictureFile, isPixels, type Picture } from '../picture.ts'
import { copyPixels, type RawPicture } from './encode.ts'
import { encodedType } from './media.ts'

/** A picture with what it takes to store it: bytes of a file, or pixels. */
export type LoadedPicture = { name?: string; bytes: Uint8Array } | RawPicture

/**
 * Takes a picture over at once: what the caller does with its memory afterwards changes nothing. Files and URLs are read
 * later, by the function that comes back.
 *
 * @param baseDir where relative paths start
 */
export function takePicture(picture: Picture, baseDir: string): () => Promise<LoadedPicture> {
  if (typeof picture === 'string' || picture instanceof URL) return () => fetchPicture(picture, baseDir)
  if (isPictureFile(picture)) return fromBytes(picture.data, picture.name)
  if (picture instanceof Uint8Array) return fromBytes(picture, undefined)
  if (isPixels(picture)) {
    const raw = copyPixels(picture)
    return async () => raw
  }
  throw new NotebookError(
    'NOTEBOOK_PICTURE',
    'Expected a picture: a path, a URL, the bytes of a PNG, JPEG or WebP file, or `{ data, width, height, channels }`.',
  )
}

/** @throws NotebookError `NOTEBOOK_PICTURE` with the path or URL in it */
export async function fetchPicture(picture: string | URL, baseDir: string): Promise<LoadedPicture & { name: string }> {
  const address = picture.toString()
  const name = decodeURIComponent(basename(new URL(address, 'file:///').pathname))
  let bytes: Uint8Array
  try {
    if (/^https?:/.test(address)) {
      const { fetch } = await import('../../net/fetch.ts') // who has no such picture does not load it
      const response = await fetch(address)
      if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`)
      bytes = new Uint8Array(await response.arrayBuffer())
    } else if (address.startsWith('s3:')) bytes = await readFile(await fetchInput(address))
    else bytes = await readFile(address.startsWith('file:') ? fileURLToPath(address) : locate(address, baseDir))
  } catch (cause) {
    throw new NotebookError('NOTEBOOK_PICTURE', `The picture ${address} cannot be read: ${(cause as Error).message}.`, {
      cause,
    })
  }
  return { name, bytes: known(bytes, address) }
}

function fromBytes(data: Uint8Array, name: string | undefined): () => Promise<LoadedPicture> {
  const bytes = known(Uint8Array.from(data), name ?? `of ${data.length} bytes`)
  return async () => ({ bytes, ...(name !== undefined && { name }) })
}

function known(bytes: Uint8Array, what: string): Uint8Array {
  if (encodedType(bytes)) return bytes
  throw new NotebookError('NOTEBOOK_PICTURE', `The picture ${what} is no PNG, JPEG, WebP, GIF or AVIF file.`)
}

/** Beside the test file, or in the working directory. */
function locate(path: string, baseDir: string): string {
  if (isAbsolute(path)) return path
  const beside = resolve(baseDir, path)
  return existsSync(beside) ? beside : resolve(path)
}
