import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { JournalWriter } from '../journal/append.ts'
import { foldEvents } from '../journal/fold.ts'
import { JournalTail } from '../journal/tail.ts'
import type { AssetRef, BeginEvent, CellContent, CellId, JournalError, JournalEventBody } from '../journal/schema.ts'
import type { Secrets } from './redact.ts'
import { RedactedStream, redactedLine } from './redact.ts'
import type { StreamName } from './capture.ts'
import type { EarlierNotebook } from './settings.ts'
import { toSlug } from '../run/slug.ts'

export interface SessionOptions {
  /** absolute, new */
  folder: string
  begin: BeginEvent
  secrets: Secrets
  signal: AbortSignal
  /** relative paths of pictures start here */
  baseDir: string
  sourceRoot: string
  interactive: boolean
  /** answers to the questions of this test, in order */
  answers: Record<string, unknown>[]
  /** folders of earlier attempts, the latest first */
  earlier: string[]
}

/** An open notebook: its journal, what is still under way, and what the end has to wait for. */
export class Session {
  readonly options: SessionOptions
  readonly journal: JournalWriter
  /** the notebook of an earlier run that this one goes on with */
  continued: EarlierNotebook | undefined
  #started = performance.now()
  #cells = 0
  #slugs = new Map<string, number>()
  #streams = new Map<string, RedactedStream>()
  #tasks = new Set<Promise<unknown>>()
  #replaced = new Set<string>()
  #closers: (() => unknown)[] = []
  #failure: unknown
  #closing = new AbortController()

  constructor(options: SessionOptions) {
    this.options = options
    this.journal = new JournalWriter(options.folder, (event) => redactedLine(event, options.secrets))
    this.journal.append(options.begin)
  }

  get folder(): string {
    return this.options.folder
  }

  /** aborts when the test is over: what waits between updates writes its last one now */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  write(event: JournalEventBody): void {
    this.journal.append(event)
  }

  add(content: CellContent, parent: CellId | undefined): CellId {
    const cell = `c${++this.#cells}`
    this.write({ type: 'cell', cell, ...(parent !== undefined && { parent }), content })
    return cell
  }

  /** The name of a page of its own, unique in the notebook. */
  slug(title: string): string {
    const slug = toSlug(title)
    const count = (this.#slugs.get(slug) ?? 0) + 1
    this.#slugs.set(slug, count)
    return count === 1 ? slug : `${slug}-${count}`
  }

  print(cell: CellId, name: StreamName, text: string): void {
    const key = `${cell} ${name}`
    let stream = this.#streams.get(key)
    if (!stream) this.#streams.set(key, (stream = new RedactedStream(this.options.secrets)))
    this.#show(cell, name, stream.push(text))
  }

  /** Writes what was kept back of a cell's output. */
  flush(cell: CellId): void {
    for (const name of ['stdout', 'stderr'] as const) {
      const stream = this.#streams.get(`${cell} ${name}`)
      if (stream) this.#show(cell, name, stream.end())
    }
  }

  #show(cell: CellId, name: StreamName, text: string): void {
    if (text !== '') this.write({ type: 'stream', cell, name, text })
  }

  /** Work that nobody awaits: the end of the test waits for it, and fails with its first failure. */
  track(task: Promise<unknown>): void {
    const watched = task
      .catch((error: unknown) => {
        this.#failure ??= error
      })
      .finally(() => this.#tasks.delete(watched))
    this.#tasks.add(watched)
  }

  /** What an update replaced is removed when the test ends, unless something else in the notebook is the same file. */
  replace(...assets: (AssetRef | undefined)[]): void {
    for (const asset of assets) if (asset) this.#replaced.add(asset.path)
  }

  onClose(closer: () => unknown): void {
    this.#closers.push(closer)
  }

  /** Waits for what is under way. Rejects with the first failure of work that nobody awaited. */
  async settle(): Promise<void> {
    this.#closing.abort()
    while (this.#tasks.size > 0) await Promise.all(this.#tasks)
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) throw failure
  }

  /** Writes the end. */
  finish(status: 'passed' | 'failed' | 'cancelled', errors: JournalError[]): void {
    for (const key of this.#streams.keys()) this.flush(key.split(' ')[0] ?? '')
    this.#removeReplaced()
    this.write({ type: 'finish', status, seconds: (performance.now() - this.#started) / 1000, errors })
    this.journal.close()
  }

  /** Ends servers and the like. */
  async dispose(): Promise<void> {
    for (const closer of this.#closers.splice(0).reverse()) await closer()
  }

  #removeReplaced(): void {
    if (this.#replaced.size === 0) return
    try {
      const shown = JSON.stringify(foldEvents(new JournalTail(this.folder).read()))
      const kept = new Set(shown.match(/\bassets\/[\da-f]{64}\.\w+/g))
      for (const path of this.#replaced) if (!kept.has(path)) rmSync(join(this.folder, path), { force: true })
    } catch {
      // What cannot be removed takes room, and nothing else.
    }
  }
}
