import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { JOURNAL_FILE } from '../journal/append.ts'
import { highlight } from '../render/highlight.ts'
import { NotebookFeed } from './notebook-feed.ts'
import { RunFeed } from './run-feed.ts'

/** What the pages of one run follow. A notebook is followed from the first time that somebody looks at it. */
export class Feeds {
  readonly run: RunFeed
  #notebooks = new Map<string, NotebookFeed>()
  #signal: AbortSignal

  /**
   * @param folder of the run
   * @param signal ends all of it
   */
  constructor(folder: string, signal: AbortSignal) {
    this.run = new RunFeed(folder)
    this.#signal = signal
    void this.run.follow(signal)
    void this.#settle()
  }

  /**
   * @param path of the notebook, relative to the run's folder
   * @returns undefined when no notebook is there
   */
  notebook(path: string): NotebookFeed | undefined {
    let feed = this.#notebooks.get(path)
    if (feed) return feed
    const folder = join(this.run.folder, path)
    if (!existsSync(join(folder, JOURNAL_FILE))) return undefined
    feed = new NotebookFeed(folder)
    if (feed.catchUp() === 0) return undefined
    this.#notebooks.set(path, feed)
    // grammars take a while to load: not when the first cell comes
    void highlight('0', 'typescript')
    // a journal that is damaged further on still shows what could be read
    feed.follow(this.#signal).catch(() => {})
    return feed
  }

  /** Tells notebooks what only their run knows of them. */
  async #settle(): Promise<void> {
    let rings = -1
    while (!this.#signal.aborted) {
      rings = this.run.bell.rings
      for (const { path, status } of this.run.record?.notebooks ?? []) this.#notebooks.get(path)?.settle(status)
      await this.run.bell.wait(rings, 60_000, this.#signal)
    }
  }
}
