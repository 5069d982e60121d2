import { existsSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { NotebookError } from '../../errors.ts'
import { CHECKPOINT_FILE } from '../../run/checkpoint-file.ts'
import type { Session } from '../session.ts'
import type { Checkpoint } from '../types.ts'

/** State in a file beside the journal. The newest attempt that saved one and was cut off is what `load` gives. */
export class FileCheckpoint implements Checkpoint {
  #session: Session
  #last: Promise<void> = Promise.resolve()

  constructor(session: Session) {
    this.#session = session
  }

  async load<T>(): Promise<T | undefined> {
    for (const folder of [this.#session.folder, ...this.#session.options.earlier]) {
      const path = join(folder, CHECKPOINT_FILE)
      if (!existsSync(path)) continue
      try {
        return deserialize(await readFile(path)) as T
      } catch {
        // Cut by a lost host: the attempt before may have a whole one.
      }
    }
    return undefined
  }

  /** Serialized at once, written one after the other. */
  async save(state: unknown): Promise<void> {
    const bytes = serialize(state)
    const target = join(this.#session.folder, CHECKPOINT_FILE)
    const saving = this.#last.then(async () => {
      await writeFile(`${target}.tmp`, bytes)
      await rename(`${target}.tmp`, target)
      this.#session.write({ type: 'checkpoint', bytes: bytes.length })
    })
    this.#last = saving.catch(() => {})
    try {
      await saving
    } catch (cause) {
      throw new NotebookError(
        'NOTEBOOK_WRITE',
        `The checkpoint ${target} could not be written: ${(cause as Error).message}.`,
        {
          cause,
        },
      )
    }
  }

  /** A test that came to its end has nothing to resume. */
  async discard(): Promise<void> {
    await this.#last
    await rm(join(this.#session.folder, CHECKPOINT_FILE), { force: true })
  }
}
