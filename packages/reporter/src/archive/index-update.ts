import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { NotebookError } from '../errors.ts'
import { eachOf } from './each-of.ts'
import { newestFirst, type IndexEntry } from './index-entry.ts'
import { parseRunsIndex, renderRunsIndex } from './index-page.ts'
import type { ArchiveStore, StoredContent } from './store.ts'

/** One small file for each run: `records/<run>.json`. Runs that end at once write different files. */
export const RECORDS = 'records/'
const INDEX = 'index.html'
const HEADERS = { contentType: 'text/html; charset=utf-8', cacheControl: 'no-cache' }
const ATTEMPTS = 30

/**
 * Makes the page of all runs from a listing of their records. The page is replaced only if it is still the one that was read
 * before the listing; otherwise another run was faster, and it is done again, with that run in it.
 *
 * @throws NotebookError `NOTEBOOK_ARCHIVE`
 */
export async function updateIndex(store: ArchiveStore): Promise<void> {
  const zips = store.name.startsWith('s3://')
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const found = await store.read(INDEX)
    const known = found ? parseRunsIndex(await textOf(found)) : []
    const page = await renderRunsIndex(await currentEntries(store, known))
    const content = zips ? { gzipped: gzipSync(page) } : { text: page }
    if ((await store.put(INDEX, content, HEADERS, found?.etag ?? null)) !== undefined) return
    await delay(Math.random() * 50 * (attempt + 1))
  }
  throw new NotebookError(
    'NOTEBOOK_ARCHIVE',
    `The index of ${store.name} could not be written: other runs kept on writing it. The run itself is there, and the next one puts it into the index.`,
  )
}

/** Reads the records that changed since the page was made. */
async function currentEntries(store: ArchiveStore, known: IndexEntry[]): Promise<IndexEntry[]> {
  const entries = new Map(known.map((entry) => [entry.run, entry]))
  const current: IndexEntry[] = []
  const changed: string[] = []
  for await (const { key, modifiedAt } of store.list(RECORDS)) {
    const entry = entries.get(key.slice(RECORDS.length, -'.json'.length))
    // stores tell times in whole seconds; what ended will not change
    if (entry && entry.status !== 'running' && modifiedAt < entry.heardAt + 2000) current.push(entry)
    else changed.push(key)
  }
  await eachOf(changed, 16, async (key) => {
    const found = await store.read(key)
    if (!found) return
    try {
      current.push(JSON.parse(await textOf(found)) as IndexEntry)
    } catch {
      // not a record: somebody else's file does not keep the index from being made
    }
  })
  return current.toSorted(newestFirst)
}

async function textOf({ body, contentEncoding }: StoredContent): Promise<string> {
  return await text(contentEncoding === 'gzip' ? body.pipe(createGunzip()) : body)
}
