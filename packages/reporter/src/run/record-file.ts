import { hostname } from 'node:os'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NotebookError } from '../errors.ts'
import { RUN_FILE, RUN_VERSION, type RunRecord } from './record.ts'

/** Replaces `run.json` as a whole: a reader never sees half of it. */
export async function writeRunRecord(folder: string, record: RunRecord): Promise<void> {
  const target = join(folder, RUN_FILE)
  const aside = `${target}.${process.pid}.tmp`
  await writeFile(aside, `${JSON.stringify(record, null, 2)}\n`)
  await rename(aside, target)
}

/**
 * The record of a run's folder. A run that is said to be running, by a process of this machine that is gone, was killed.
 *
 * @throws NotebookError `NOTEBOOK_READ`
 */
export async function readRunRecord(folder: string): Promise<RunRecord> {
  const path = join(folder, RUN_FILE)
  let record: RunRecord
  try {
    record = JSON.parse(await readFile(path, 'utf8')) as RunRecord
  } catch (cause) {
    throw new NotebookError('NOTEBOOK_READ', `${path} is not the record of a run: ${(cause as Error).message}.`, {
      cause,
    })
  }
  if (record.version > RUN_VERSION) {
    throw new NotebookError('NOTEBOOK_READ', `${path} was written by a newer version; update \`vitest-notebook\`.`)
  }
  if (record.status === 'running' && isGone(record.process)) return { ...record, status: 'killed' }
  return record
}

function isGone(writer: RunRecord['process']): boolean {
  if (!writer || writer.hostname !== hostname()) return false
  try {
    process.kill(writer.pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
