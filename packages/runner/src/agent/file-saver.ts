import { join } from 'node:path'
import type { DetachedInput } from '../wire/protocol.ts'
import { fileKey, FILES_KEY, type SavedFile, type SaveStore } from '../wire/run-record.ts'
import { createWritten } from './written.ts'

const AT_ONCE = 8

export interface SavedFiles {
  /** all that is there now */
  files: SavedFile[]
  /** why others are not */
  problem?: string
}

/** Brings what a run writes in one view of its workspace to the bucket: what is new or has changed since the last time. */
export class FileSaver {
  readonly #store: SaveStore
  readonly #run: string
  readonly #root: string
  readonly #list: () => Promise<SavedFile[]>
  readonly #saved = new Map<string, string>()
  #saving: Promise<unknown> | undefined

  constructor(store: SaveStore, run: string, view: Pick<DetachedInput, 'root' | 'upper' | 'trees'>) {
    this.#store = store
    this.#run = run
    this.#root = view.root
    const listWritten = createWritten({ ...view, socket: '' }, { tellsOrigin: true })
    this.#list = async () =>
      (await listWritten()).filter((file) => file.kind !== 'deleted').filter(({ path }) => !isPackageFile(path))
  }

  /** What could be put there is, whatever could not. */
  async save(): Promise<SavedFiles> {
    await this.#saving?.catch(() => {})
    const saving = this.#saveAll()
    this.#saving = saving
    return await saving
  }

  async #saveAll(): Promise<SavedFiles> {
    const files = await this.#list()
    const changed = files.filter((file) => file.kind === 'file' && this.#saved.get(file.path) !== file.hash)
    let problem: string | undefined
    const next = changed.values()
    const work = async () => {
      for (const file of next) {
        if (file.kind !== 'file') continue
        try {
          await this.#store.putFile(this.#run, fileKey(file.path), join(this.#root, file.path), file.hash)
          this.#saved.set(file.path, file.hash)
        } catch (error) {
          problem ??= (error as Error).message
        }
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    const kept = files.filter((file) => file.kind === 'link' || this.#saved.has(file.path))
    return { files: kept, ...(problem !== undefined && { problem }) }
  }
}

/**
 * Brings what was written in each of these views to the bucket, and lists it there; of a path that several wrote, the last.
 * @throws when something could not be put there; what could is
 */
export async function saveFiles(
  store: SaveStore,
  run: string,
  views: readonly (() => Promise<SavedFiles>)[],
): Promise<void> {
  const saved: SavedFiles[] = []
  for (const save of views) saved.push(await save())
  const files = new Map(saved.flatMap((one) => one.files).map((file) => [file.path, file]))
  await store.put(run, FILES_KEY, JSON.stringify([...files.values()]))
  const problem = saved.find((one) => one.problem !== undefined)?.problem
  if (problem !== undefined) throw new Error(problem)
}

/** Caches that tools keep beside packages are the host's own business. */
function isPackageFile(path: string): boolean {
  return path.split('/').includes('node_modules')
}
