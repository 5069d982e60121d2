import { join } from 'node:path'
import pLimit from 'p-limit'
import { createWritten } from '../agent/written.ts'
import type { RunStore } from '../ec2/run-store.ts'
import type { DetachedInput } from '../wire/protocol.ts'
import { fileKey, FILES_KEY, type SavedFile } from './record.ts'

const AT_ONCE = 8

/** Brings what a run writes in its workspace to the bucket: what is new or has changed since the last time. */
export class FileSaver {
  readonly #store: RunStore
  readonly #run: string
  readonly #root: string
  readonly #list: () => Promise<SavedFile[]>
  readonly #saved = new Map<string, string>()
  #saving: Promise<void> | undefined

  constructor(store: RunStore, run: string, view: Pick<DetachedInput, 'root' | 'upper' | 'trees'>) {
    this.#store = store
    this.#run = run
    this.#root = view.root
    const listWritten = createWritten({ ...view, socket: '' })
    this.#list = async () =>
      (await listWritten()).filter((file) => file.kind !== 'deleted').filter(({ path }) => !isPackageFile(path))
  }

  /** @throws when something could not be put there; what could is */
  async save(): Promise<void> {
    await this.#saving?.catch(() => {})
    this.#saving = this.#saveAll().finally(() => (this.#saving = undefined))
    await this.#saving
  }

  async #saveAll(): Promise<void> {
    const files = await this.#list()
    const changed = files.filter((file) => file.kind === 'file' && this.#saved.get(file.path) !== file.hash)
    const outcomes = await Promise.allSettled(
      changed.map((file) =>
        limit(async () => {
          await this.#store.putFile(this.#run, fileKey(file.path), join(this.#root, file.path))
          if (file.kind === 'file') this.#saved.set(file.path, file.hash)
        }),
      ),
    )
    const kept = files.filter((file) => file.kind === 'link' || this.#saved.has(file.path))
    await this.#store.put(this.#run, FILES_KEY, JSON.stringify(kept))
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failed) throw failed.reason
  }
}

const limit = pLimit(AT_ONCE)

/** Caches that tools keep beside packages are the host's own business. */
function isPackageFile(path: string): boolean {
  return path.split('/').includes('node_modules')
}
