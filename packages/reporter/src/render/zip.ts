import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'

export interface ZipOptions {
  /** files besides the journal and its assets, relative to the folder; those that are missing are left out */
  paths: readonly string[]
  /** the time of all entries, in milliseconds since the epoch */
  at: number
}

/** What gains nothing from being compressed once more. */
const COMPRESSED = /\.(?:png|jpe?g|webp|avif|gif|mp4|webm|pdf|zip|gz)$/

/**
 * A notebook's folder as one archive: reports, journal and assets, in the order of their names, with the notebook's own
 * time. The same folder gives the same bytes on every machine.
 */
export async function renderZip(folder: string, { paths, at }: ZipOptions): Promise<Readable> {
  const zip = new ZipFile()
  const mtime = dosDate(at)
  const assets = (await readdir(join(folder, 'assets')).catch(() => [])).map((name) => `assets/${name}`)
  const all = [...new Set([...paths, 'journal.jsonl', ...assets])].toSorted((a, b) => (a < b ? -1 : 1))
  for (const path of all) {
    const found = await stat(join(folder, path)).catch(() => undefined)
    if (!found?.isFile()) continue
    const options = {
      mtime,
      mode: 0o100644,
      compress: !COMPRESSED.test(path),
      size: found.size,
      forceDosTimestamp: true,
    }
    // opened in its turn: an archive of a thousand pictures does not hold a thousand open files
    zip.addReadStreamLazy(path, options, (give) => give(null, createReadStream(join(folder, path))))
  }
  zip.end()
  return Readable.from(zip.outputStream as AsyncIterable<Buffer>)
}

/** Zip knows local times only: the day in UTC, at noon, which exists in every time zone. */
function dosDate(at: number): Date {
  const date = new Date(at)
  return new Date(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), 12)
}
