import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { NotebookError } from '../errors.ts'
import { JOURNAL_FILE } from './append.ts'
import { JOURNAL_VERSION, type JournalEvent } from './schema.ts'

const CHUNK_BYTES = 1 << 20

/** Reads a journal piece by piece while it grows. */
export class JournalTail {
  readonly path: string
  #offset = 0
  #line = 0
  #rest: Buffer = Buffer.alloc(0)

  /** @param folder of the notebook; it need not be there yet */
  constructor(folder: string) {
    this.path = join(folder, JOURNAL_FILE)
  }

  /**
   * The events that were added since the last call, none when the journal is not there yet. A last line without its end
   * is kept until its end comes.
   *
   * @throws NotebookError `NOTEBOOK_READ` when a whole line is no event
   */
  read(): JournalEvent[] {
    const events: JournalEvent[] = []
    for (const line of this.#lines()) {
      this.#line++
      if (line.trim() !== '') events.push(this.#parse(line))
    }
    return events
  }

  #lines(): string[] {
    const parts = [this.#rest, ...this.#grown()]
    const bytes = Buffer.concat(parts)
    const end = bytes.lastIndexOf(0x0a)
    this.#rest = bytes.subarray(end + 1)
    return end < 0 ? [] : bytes.toString('utf8', 0, end).split('\n')
  }

  #grown(): Buffer[] {
    let file: number
    try {
      file = openSync(this.path, 'r')
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw new NotebookError(
        'NOTEBOOK_READ',
        `The journal ${this.path} cannot be read: ${(cause as Error).message}.`,
        {
          cause,
        },
      )
    }
    try {
      const found: Buffer[] = []
      for (;;) {
        const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
        const count = readSync(file, chunk, 0, CHUNK_BYTES, this.#offset)
        if (count === 0) return found
        found.push(chunk.subarray(0, count))
        this.#offset += count
      }
    } finally {
      closeSync(file)
    }
  }

  #parse(line: string): JournalEvent {
    let event: unknown
    try {
      event = JSON.parse(line)
    } catch (cause) {
      throw this.#damaged('is no JSON', cause)
    }
    if (!isEvent(event)) throw this.#damaged('is no event of a journal')
    if (event.type === 'begin' && event.version > JOURNAL_VERSION) {
      throw new NotebookError(
        'NOTEBOOK_READ',
        `The journal ${this.path} has version ${event.version}; this package reads up to ${JOURNAL_VERSION}. ` +
          'Update `vitest-notebook`.',
      )
    }
    return event
  }

  #damaged(what: string, cause?: unknown): NotebookError {
    const message = `Line ${this.#line} of the journal ${this.path} ${what}: the file is damaged.`
    return new NotebookError('NOTEBOOK_READ', message, { cause })
  }
}

function isEvent(value: unknown): value is JournalEvent {
  if (typeof value !== 'object' || value === null) return false
  return 'seq' in value && typeof value.seq === 'number' && 'type' in value && typeof value.type === 'string'
}
