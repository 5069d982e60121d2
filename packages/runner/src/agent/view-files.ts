import { constants } from 'node:fs'
import { mkdir, open, realpath } from 'node:fs/promises'
import { dirname, isAbsolute, relative, resolve } from 'node:path'

/** Content of a file below `root`, `from`…`to` as in `slice` (bytes, from the start). */
export async function readViewFile(root: string, path: string, from = 0, to?: number): Promise<Uint8Array> {
  const file = await open(await below(root, path, path), constants.O_RDONLY)
  try {
    const { size } = await file.stat()
    const end = Math.min(size, to ?? size)
    const buffer = Buffer.alloc(Math.max(0, end - from))
    let filled = 0
    while (filled < buffer.length) {
      const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, from + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return buffer.subarray(0, filled)
  } finally {
    await file.close()
  }
}

/** Writes a whole file below `root`; its folders are made. */
export async function writeViewFile(root: string, path: string, data: Uint8Array): Promise<void> {
  const target = resolve(root, path)
  if (!isBelow(root, target)) throw new Error(`${path} is not below ${root}`)
  await mkdir(dirname(target), { recursive: true })
  const file = await open(await below(root, target, dirname(target)), 'w')
  try {
    await file.writeFile(data)
  } finally {
    await file.close()
  }
}

/** `path` as it is to be opened, when `existing` on the way there does not lead out of `root`. */
async function below(root: string, path: string, existing: string): Promise<string> {
  const real = await realpath(resolve(root, existing))
  if (!isBelow(await realpath(root), real)) throw new Error(`${path} is not below ${root}`)
  return resolve(root, path)
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path)
  return !isAbsolute(way) && way !== '..' && !way.startsWith('../')
}
