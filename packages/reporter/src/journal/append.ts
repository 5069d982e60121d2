import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { NotebookError } from '../errors.ts'
import type { JournalEvent, JournalEventBody } from './schema.ts'

export const JOURNAL_FILE = 'journal.jsonl'

/**
 * The one writer of a journal. An event is on its way to the disk when {@link append} returns: the process may be killed
 * after that, and nothing is lost.
 */
export class JournalWriter {
  readonly folder: string
  #file: number | undefined
  #bytes: number
  #seq = 0
  #serialize: (event: JournalEvent) => string

  /**
   * @param folder made when it is not there; its journal must be new
   * @param serialize turns an event into one line of JSON: where secrets are taken out
   */
  constructor(folder: string, serialize: (event: JournalEvent) => string = JSON.stringify) {
    this.folder = folder
    this.#serialize = serialize
    mkdirSync(folder, { recursive: true })
    this.#file = openSync(join(folder, JOURNAL_FILE), 'ax')
    this.#bytes = fstatSync(this.#file).size
  }

  /** the `seq` of the last event that was written */
  get lastSeq(): number {
    return this.#seq
  }

  /**
   * Writes one event. After {@link close} nothing is written: a callback that outlives its test has no notebook any more.
   *
   * @throws NotebookError `NOTEBOOK_WRITE` when the disk is full or the folder is gone; the journal keeps what it had
   */
  append(body: JournalEventBody, at: number = Date.now()): void {
    if (this.#file === undefined) return
    const line = Buffer.from(`${this.#serialize({ seq: this.#seq + 1, at, ...body })}\n`)
    try {
      for (let sent = 0; sent < line.length;) sent += writeSync(this.#file, line, sent)
    } catch (cause) {
      this.#cutBack()
      throw new NotebookError(
        'NOTEBOOK_WRITE',
        `The journal ${join(this.folder, JOURNAL_FILE)} could not be written: ${(cause as Error).message}. ` +
          'What it held before is kept. Make room, or set the `dir` option to a folder on another disk.',
        { cause },
      )
    }
    this.#bytes += line.length
    this.#seq++
  }

  close(): void {
    if (this.#file === undefined) return
    closeSync(this.#file)
    this.#file = undefined
  }

  /** A line that is half on the disk would be glued to the next one. */
  #cutBack(): void {
    try {
      if (this.#file !== undefined) ftruncateSync(this.#file, this.#bytes)
    } catch {
      // The disk is gone: what is read later ends with a cut line, which is no event.
    }
  }
}
