import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { RUN_FILE, type RunRecord } from '../run/record.ts'
import { contentTypeOf } from './content-type.ts'
import { eachOf } from './each-of.ts'
import { FolderStore } from './folder-store.ts'
import { openStore } from './open-store.ts'
import { addToIndex } from './runs-index.ts'
import type { ArchiveStore, ContentHeaders, StoredObject } from './store.ts'

export interface ArchiveTarget {
  /** `s3://bucket/prefix`, or a folder */
  url: string
  /** where others read what is in there; without it, links name the store itself */
  publicUrl?: string
}

export interface PutResult {
  /** files that were sent, and their bytes */
  files: number
  bytes: number
  /** files that were there already, from this run or the one before */
  known: number
}

/** Where finished runs are kept, and one page for all of them. */
export interface Archive {
  readonly name: string
  /** of a file, by its path from the reports' folder */
  url(path: string): string
  /** whether `url` gives something that a browser can open without credentials */
  readonly isPublic: boolean
  /** Tells of a run that goes on, so that the index shows it; again from time to time, so that it shows that it lives. */
  putRecord(record: RunRecord): Promise<void>
  /**
   * Puts everything of a run there: pictures first, pages next, the index last, so that no page ever shows what is not there.
   * After a failure it can be called again, and sends what is missing.
   *
   * @param folder of the run on this machine
   * @throws NotebookError `NOTEBOOK_ARCHIVE`
   */
  putRun(folder: string, record: RunRecord): Promise<PutResult>
}

export function createArchive(target: string | ArchiveTarget): Archive {
  const { url, publicUrl } = typeof target === 'string' ? { url: target } : target
  const base = publicUrl?.replace(/\/+$/, '') ?? (isS3(url) ? url.replace(/\/+$/, '') : resolve(url))
  let opened: Promise<ArchiveStore> | undefined
  // AWS's code is loaded when something is put
  const store = (): Promise<ArchiveStore> => (opened ??= openStore(url))
  return {
    name: url,
    url: (path) => `${base}/${publicUrl === undefined ? path : path.split('/').map(encodeURIComponent).join('/')}`,
    isPublic: publicUrl !== undefined,
    putRecord: async (record) => await addToIndex(await store(), record),
    putRun: async (folder, record) => await putRun(await store(), folder, record),
  }
}

const isS3 = (url: string): boolean => url.startsWith('s3://')

/** Named by their content: what is under such a name never changes. */
const ASSET = /(?:^|\/)assets\/[0-9a-f]{64}(?:\.\w+)?$/
/** What only this machine has a use for. */
const KEPT_HERE = /(?:^|\/)checkpoint\.bin$|\.(?:tmp|draft|lock)$/
const AT_ONCE = 8

async function putRun(store: ArchiveStore, folder: string, record: RunRecord): Promise<PutResult> {
  const { run } = record
  const result: PutResult = { files: 0, bytes: 0, known: 0 }
  const files = (await all(new FolderStore(folder).list(''))).filter(({ key }) => !KEPT_HERE.test(key))
  const there = new Map((await all(store.list(`${run}/`))).map((object) => [object.key, object]))
  const before = await earlierAssets(store, record)
  const put = async ({ key, bytes }: StoredObject): Promise<void> => {
    const [path, target] = [join(folder, key), `${run}/${key}`]
    if (await isSame(there.get(target), { key, bytes, path })) {
      result.known++
      return
    }
    const earlier = before.get(key)
    if (earlier?.bytes === bytes) {
      await store.copy(earlier.key, target, headersOf(key))
      result.known++
      return
    }
    await store.put(target, { file: path }, headersOf(key))
    result.files++
    result.bytes += bytes
  }
  const [assets, pages] = [files.filter(({ key }) => ASSET.test(key)), files.filter(({ key }) => !ASSET.test(key))]
  await eachOf(assets, AT_ONCE, put)
  await eachOf(
    pages.filter(({ key }) => key !== RUN_FILE),
    AT_ONCE,
    put,
  )
  await store.put(`${run}/${RUN_FILE}`, { text: `${JSON.stringify(record, null, 2)}\n` }, headersOf(RUN_FILE))
  await addToIndex(store, record)
  return result
}

/** An asset that is there in full is the same by its name; of other files, the checksum that S3 keeps decides. */
async function isSame(
  there: StoredObject | undefined,
  { key, bytes, path }: { key: string; bytes: number; path: string },
): Promise<boolean> {
  if (there?.bytes !== bytes) return false
  if (ASSET.test(key)) return true
  return (
    there.etag ===
    createHash('md5')
      .update(await readFile(path))
      .digest('hex')
  )
}

/** The assets that the same notebooks had in the run before, by their path in a run. */
async function earlierAssets(store: ArchiveStore, { run, notebooks }: RunRecord): Promise<Map<string, StoredObject>> {
  const before = (await all(store.folders('')))
    .filter((name) => name < run)
    .toSorted()
    .at(-1)
  const found = new Map<string, StoredObject>()
  if (before === undefined) return found
  for (const { path } of notebooks) {
    for await (const object of store.list(`${before}/${path}/assets/`))
      found.set(object.key.slice(before.length + 1), object)
  }
  return found
}

function headersOf(key: string): ContentHeaders {
  return {
    contentType: contentTypeOf(key),
    cacheControl: ASSET.test(key) ? 'public, max-age=31536000, immutable' : 'no-cache',
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  return await Array.fromAsync(items)
}
