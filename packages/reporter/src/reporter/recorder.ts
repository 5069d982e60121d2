import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RUN_FILE, type NotebookEntry, type RunRecord } from '../run/record.ts'
import { writeRunRecord } from '../run/record-file.ts'

/** No more often than that (ms): a picture that is painted changes many times a second. */
const PACE_MS = 200

/** Keeps `run.json` current. It appears with the first notebook: a run without one leaves nothing behind. */
export class Recorder {
  readonly folder: string
  readonly record: RunRecord
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(folder: string, record: RunRecord) {
    this.folder = folder
    this.record = record
  }

  get isEmpty(): boolean {
    return this.record.notebooks.length === 0
  }

  /** Replaces what is known of a notebook; reports that exist stay known. */
  put(entry: NotebookEntry): void {
    const { notebooks } = this.record
    const index = notebooks.findIndex(({ path }) => path === entry.path)
    if (index === -1) notebooks.push(entry)
    else notebooks[index] = { ...(notebooks[index]?.files && { files: notebooks[index].files }), ...entry }
    this.#timer ??= setTimeout(() => void this.write().catch(() => {}), PACE_MS).unref()
  }

  /** @throws the disk's own error */
  async write(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.isEmpty) return
    this.#writing = this.#writing.catch(() => {}).then(() => writeRunRecord(this.folder, this.record))
    await this.#writing
  }

  /** On the way out of the process, where nothing can be awaited. */
  writeNow(): void {
    if (existsSync(this.folder)) writeFileSync(join(this.folder, RUN_FILE), `${JSON.stringify(this.record, null, 2)}\n`)
  }
}
