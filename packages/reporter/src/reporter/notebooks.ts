import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { NotebookFold } from '../journal/fold.ts'
import { readJournal } from '../journal/read.ts'
import { JournalTail } from '../journal/tail.ts'
import { passOn } from '../live/worker.ts'
import { Renderer } from '../render/process/renderer.ts'
import { findNotebooks } from '../run/folders.ts'
import type { NotebookEntry } from '../run/record.ts'
import { toEntry } from './entry.ts'
import { linkToRun } from './link-to-run.ts'
import type { ResolvedReporterOptions } from './options.ts'

/** How long after it was written an event is noticed at the latest (ms). */
const POLL_MS = 250

export interface NotebooksOptions extends Pick<ResolvedReporterOptions, 'formats' | 'singleFile'> {
  /** of the run, absolute; need not be there */
  folder: string
  /** a notebook is there, has grown, or has its reports */
  onChange: (entry: NotebookEntry) => void
  onProblem: (sentence: string) => void
}

/**
 * The notebooks of one run, as they appear in its folder: who writes them, and on which machine, makes no difference. Each is
 * rendered as soon as it ends, one after the other.
 */
export class Notebooks {
  readonly #options: NotebooksOptions
  readonly #known = new Map<string, Followed>()
  readonly #stop = new AbortController()
  readonly #following: Promise<void>
  readonly #renderer = new Renderer()
  #rendering: Promise<void> = Promise.resolve()

  constructor(options: NotebooksOptions) {
    this.#options = options
    this.#following = this.#follow()
  }

  /** The workers are gone: what has no end was killed. Resolves when all reports are written. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#following
    this.#look()
    for (const one of this.#known.values()) if (!one.isQueued) this.#queue(one, true)
    await this.#rendering
    this.#renderer.close()
  }

  async #follow(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#look()
      await delay(POLL_MS, undefined, { signal: this.#stop.signal, ref: false }).catch(() => {})
    }
  }

  #look(): void {
    for (const path of findNotebooks(this.#options.folder)) {
      if (!this.#known.has(path)) this.#known.set(path, new Followed(path, join(this.#options.folder, path)))
    }
    for (const one of this.#known.values()) {
      if (one.isQueued || !this.#read(one)) continue
      const { document } = one.fold
      if (!document) continue
      this.#options.onChange(toEntry(document, one.path))
      if (document.status !== 'running') this.#queue(one, false)
    }
  }

  /** One journal that is damaged must not keep the others from their reports. */
  #read(one: Followed): boolean {
    try {
      return one.read()
    } catch (error) {
      one.isQueued = true
      this.#options.onProblem((error as Error).message)
      return false
    }
  }

  #queue(one: Followed, writerGone: boolean): void {
    one.isQueued = true
    this.#rendering = this.#rendering.then(() => this.#render(one, writerGone))
  }

  async #render({ path, folder }: Followed, writerGone: boolean): Promise<void> {
    const { formats, singleFile, onChange, onProblem } = this.#options
    try {
      const up = linkToRun(path)
      const { files, problems } = await this.#renderer.render(folder, { formats, singleFile, writerGone, up })
      problems.forEach(onProblem)
      onChange({ ...toEntry(await readJournal(folder, { writerGone }), path), files })
      await tellComplete(folder)
    } catch (error) {
      onProblem(`The reports of ${path} could not be written: ${(error as Error).message}`)
    }
  }
}

class Followed {
  readonly path: string
  readonly folder: string
  readonly fold: NotebookFold = new NotebookFold()
  readonly #tail: JournalTail
  /** its reports are written, or will be */
  isQueued = false

  constructor(path: string, folder: string) {
    this.path = path
    this.folder = folder
    this.#tail = new JournalTail(folder)
  }

  /** Returns whether there was anything new. */
  read(): boolean {
    const events = this.#tail.read()
    for (const event of events) this.fold.apply(event)
    return events.length > 0
  }
}

/** The experiment may wait for its reports. */
async function tellComplete(folder: string): Promise<void> {
  const body = JSON.stringify({ dir: folder })
  await passOn(folder, '/complete', new Request('http://127.0.0.1/complete', { method: 'POST', body })).catch(() => {})
}
