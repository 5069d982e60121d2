import { setTimeout as delay } from 'node:timers/promises'
import { text } from 'node:stream/consumers'
import { NotebookError } from '../errors.ts'
import { RUN_FILE, type RunRecord } from '../run/record.ts'
import { newestFirst, toIndexEntry, type IndexEntry } from './index-entry.ts'
import { parseRunsIndex, renderRunsIndex } from './index-page.ts'
import type { ArchiveStore, StoredContent } from './store.ts'

const INDEX_FILE = 'index.html'
/** Others may write at the same time; each try lets one of them through. */
const TRIES = 50
const HEADERS = { contentType: 'text/html; charset=utf-8', cacheControl: 'no-cache' }

/**
 * Puts a run into the page of all runs, or what is new about it. The page itself is the list: it is replaced only as it was
 * read, so two runs that end at the same time both stay. A page that is lost is made again of the runs' records.
 *
 * @param gone names of runs that are not there any more
 * @throws NotebookError `NOTEBOOK_ARCHIVE`
 */
export async function addToIndex(store: ArchiveStore, record: RunRecord, gone: readonly string[] = []): Promise<void> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const page = await store.read(INDEX_FILE)
    const entries = await entriesOf(store, page)
    const others = entries.filter(({ run }) => run !== record.run && !gone.includes(run))
    const html = await renderRunsIndex([...others, toIndexEntry(record, Date.now())].toSorted(newestFirst))
    if ((await store.put(INDEX_FILE, { text: html }, HEADERS, page?.etag ?? null)) !== undefined) return
    await delay(Math.random() * Math.min(1000, 50 * 2 ** attempt))
  }
  throw new NotebookError(
    'NOTEBOOK_ARCHIVE',
    `The index of ${store.name} is replaced by others all the time; the run itself is there.`,
  )
}

/** The runs of a store, newest first: as its page lists them or, where there is none, by their own records. */
export async function readIndex(store: ArchiveStore): Promise<IndexEntry[]> {
  return (await entriesOf(store, await store.read(INDEX_FILE))).toSorted(newestFirst)
}

async function entriesOf(store: ArchiveStore, page: StoredContent | undefined): Promise<IndexEntry[]> {
  const known = page ? parseRunsIndex(await text(page.body)) : []
  return known.length > 0 ? known : await listEntries(store)
}

/** What is known of all runs by their own records. */
async function listEntries(store: ArchiveStore): Promise<IndexEntry[]> {
  const entries: IndexEntry[] = []
  for await (const run of store.folders('')) {
    const found = await store.read(`${run}/${RUN_FILE}`)
    if (!found) continue
    try {
      entries.push(toIndexEntry(JSON.parse(await text(found.body)) as RunRecord, Date.now()))
    } catch {
      // no record of a run
    }
  }
  return entries
}
