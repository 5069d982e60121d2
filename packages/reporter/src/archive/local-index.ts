import { join } from 'node:path'
import { writeWhole } from '../render/write.ts'
import { listRuns } from '../run/folders.ts'
import { readRunRecord } from '../run/record-file.ts'
import { newestFirst, toIndexEntry, type IndexEntry } from './index-entry.ts'
import { renderRunsIndex } from './index-page.ts'

/**
 * Writes the page of all runs of a folder: `index.html`.
 *
 * @param dir of all runs
 */
export async function writeLocalIndex(dir: string): Promise<void> {
  await writeWhole(join(dir, 'index.html'), [await renderRunsIndex(await localEntries(dir))])
}

/** The runs of a folder, newest first. Those whose record cannot be read are left out. */
export async function localEntries(dir: string): Promise<IndexEntry[]> {
  const entries: IndexEntry[] = []
  for (const run of listRuns(dir)) {
    const record = await readRunRecord(join(dir, run)).catch(() => undefined)
    if (record) entries.push(toIndexEntry({ ...record, run }, record.endedAt ?? Date.now()))
  }
  return entries.toSorted(newestFirst)
}
