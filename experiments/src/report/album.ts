import type { Notebook } from 'vitest-notebook'

/**
 * Opens the results that an experiment makes one after the other. Each is saved when it is there: a run that is cut off is gone on with
 * at the one that it was at.
 */
export async function openAlbum(notebook: Pick<Notebook, 'checkpoint'>): Promise<Album> {
  return new Album(notebook, (await notebook.checkpoint.load<Record<string, unknown[]>>()) ?? {})
}

export class Album {
  readonly #notebook: Pick<Notebook, 'checkpoint'>
  readonly #pages: Record<string, unknown[]>

  constructor(notebook: Pick<Notebook, 'checkpoint'>, pages: Record<string, unknown[]>) {
    this.#notebook = notebook
    this.#pages = pages
  }

  /**
   * Makes the results of a page that are not there yet, in order.
   *
   * @param page Its name
   * @param count How many it has when it is full
   * @param make Makes one; results are of plain objects and typed arrays
   * @returns all of them
   */
  async fill<T>(page: string, count: number, make: (index: number) => Promise<T>): Promise<readonly T[]> {
    const results = (this.#pages[page] ??= []) as T[]
    while (results.length < count) {
      results.push(await make(results.length))
      await this.#notebook.checkpoint.save(this.#pages)
    }
    return results
  }
}
