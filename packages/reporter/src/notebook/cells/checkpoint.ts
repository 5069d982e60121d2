import { join } from 'node:path'
import { NotebookError } from '../../errors.ts'
import {
  CHECKPOINT_FILE,
  decodeCheckpoint,
  encodeCheckpoint,
  readCheckpoint,
  removeCheckpoint,
  writeCheckpoint,
} from '../../run/checkpoint-file.ts'
import type { Session } from '../session.ts'
import type { Checkpoint } from '../types.ts'

/** Where a state may be from. */
interface Source {
  run: string
  attempt: number
  read: () => Promise<Uint8Array | undefined>
}

/**
 * State in a file beside the journal. What `load` gives is the newest that was saved: by an attempt of this run that was cut off, or by the
 * run that this one continues.
 */
export class FileCheckpoint implements Checkpoint {
  #session: Session
  #last: Promise<void> = Promise.resolve()
  #isTold = false

  constructor(session: Session) {
    this.#session = session
  }

  async load<T>(): Promise<T | undefined> {
    const own = decode(await readCheckpoint(this.#session.folder))
    if (own) return own.state as T
    for (const { run, attempt, read } of this.#sources()) {
      const saved = decode(await read())
      // Cut by a lost host: the attempt before may have a whole one.
      if (!saved) continue
      if (!this.#isTold) {
        const { step } = saved
        this.#session.write({ type: 'continue', run, attempt, ...(step !== undefined && { step }) })
      }
      this.#isTold = true
      return saved.state as T
    }
    return undefined
  }

  /** Serialized at once, written one after the other. */
  async save(state: unknown, { step }: { step?: number } = {}): Promise<void> {
    const bytes = encodeCheckpoint({ state, ...(step !== undefined && { step }) })
    const { folder } = this.#session
    const saving = this.#last.then(async () => {
      await writeCheckpoint(folder, bytes)
      this.#session.write({ type: 'checkpoint', bytes: bytes.length, ...(step !== undefined && { step }) })
    })
    this.#last = saving.catch(() => {})
    try {
      await saving
    } catch (cause) {
      const message = `The checkpoint ${join(folder, CHECKPOINT_FILE)} could not be written: ${(cause as Error).message}.`
      throw new NotebookError('NOTEBOOK_WRITE', message, { cause })
    }
  }

  /** A test that came to its end has nothing to resume. */
  async discard(): Promise<void> {
    await this.#last
    await removeCheckpoint(this.#session.folder)
  }

  #sources(): Source[] {
    const { continued } = this.#session
    const { begin, earlier } = this.#session.options
    const attempts = earlier.map((folder, index) => ({
      run: begin.run,
      attempt: earlier.length - index,
      read: () => readCheckpoint(folder),
    }))
    if (!continued) return attempts
    const { run, attempt, folder, data } = continued
    return [...attempts, { run, attempt, read: async () => data ?? (await readCheckpoint(folder)) }]
  }
}

function decode(bytes: Uint8Array | undefined): ReturnType<typeof decodeCheckpoint> {
  return bytes && decodeCheckpoint(bytes)
}
