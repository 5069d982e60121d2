import type { CellContent, CellId, PlotSpec } from '../journal/schema.ts'
import { cellOf } from './capture.ts'
import { codeContent, runCode } from './cells/code.ts'
import { FileCheckpoint } from './cells/checkpoint.ts'
import { streamedFile, wholeFile, type WritableFile } from './cells/file.ts'
import { Paced } from './cells/pace.ts'
import { Pictures } from './cells/pictures.ts'
import { ProgressCounter } from './cells/progress.ts'
import { askQuestion, questionContent } from './cells/question.ts'
import { PlotSeries, plotSpec } from './cells/series.ts'
import { tableContent } from './cells/table.ts'
import { Completion } from './completion.ts'
import { toMilliseconds } from './duration.ts'
import { Endpoint } from './endpoint.ts'
import type { Fields, Values } from './fields.ts'
import { toJournalError } from './journal-error.ts'
import { templateText } from './markdown.ts'
import { checked, isBundle, plainJson, toBundle } from './mime.ts'
import type { Picture } from './picture.ts'
import type { Session } from './session.ts'
import { callerOf } from './source/caller.ts'
import type { Checkpoint, Duration, Live, Notebook, Progress, Series } from './types.ts'
import { film } from './video/film.ts'

const ANSWER_MS = 60_000

/** What the boxes of one notebook share. */
export interface Shared {
  session: Session
  endpoint: Endpoint
  completion: Completion
  checkpoint: FileCheckpoint
}

export function shareSession(session: Session): Shared {
  const endpoint = new Endpoint(session.folder)
  session.onClose(() => endpoint.close())
  return {
    session,
    endpoint,
    completion: new Completion(session.folder, endpoint),
    checkpoint: new FileCheckpoint(session),
  }
}

/** A notebook that writes to its journal. A box within it is another one with the same session. */
export class WrittenNotebook implements Notebook {
  #shared: Shared
  #session: Session
  #box: CellId | undefined
  #pictures: Pictures

  constructor(shared: Shared, box?: CellId) {
    this.#shared = shared
    this.#session = shared.session
    this.#box = box
    this.#pictures = new Pictures(shared.session)
  }

  md(text: string | TemplateStringsArray, ...values: unknown[]): void {
    this.#add({ kind: 'markdown', source: typeof text === 'string' ? text : templateText(text, values) })
  }

  code<T>(...args: [title: string, fn: () => T] | [fn: () => T]): T {
    // oxlint-disable-next-line typescript/unbound-method -- it is not called: its frames are left out of a stack
    const caller = callerOf(this.code)
    const [title, fn] = args.length === 2 ? args : [undefined, args[0]]
    const cell = this.#add(codeContent(this.#session, { title, fn, caller }))
    return runCode(this.#session, this, cell, fn)
  }

  display<T>(value: T, { title }: { title?: string } = {}): Live<T> {
    const content = (one: unknown): CellContent | Promise<CellContent> => {
      const data = isBundle(one)
        ? checked(one, this.#session)
        : (toBundle(one, this.#session) ?? { 'text/plain': 'undefined' })
      const whole = (bundle: typeof data & object): CellContent => ({
        kind: 'display',
        ...(title !== undefined && { title }),
        data: bundle as Exclude<typeof data, Promise<unknown>>,
      })
      return data instanceof Promise ? data.then(whole) : whole(data)
    }
    return this.#live(content(value), title ?? 'a value', content)
  }

  image(picture: Picture, options: { alt: string; caption?: string }): Live<Picture> {
    const cell = this.#add(this.#pictures.waiting(options.alt))
    return this.#pictures.show(cell, picture, options)
  }

  compare(before: Picture, after: Picture, { alt }: { alt: string }): void {
    this.#pictures.compare(this.#add(this.#pictures.waiting(alt)), before, after, alt)
  }

  gallery(items: Iterable<{ image: Picture; alt: string; caption?: string }>): void {
    const all = [...items]
    this.#pictures.gallery(this.#add(this.#pictures.waiting(all.map(({ alt }) => alt).join(', '))), all)
  }

  async video(
    frames: Iterable<Picture> | AsyncIterable<Picture>,
    { fps, alt }: { fps: number; alt: string },
  ): Promise<void> {
    const cell = this.#add(this.#pictures.waiting(alt))
    const { folder, baseDir } = this.#session.options
    const content = await film(frames, { folder, baseDir, fps, alt })
    this.#session.write({ type: 'update', cell, content })
  }

  table(rows: readonly object[], options: { caption?: string; statistics?: boolean } = {}): Live<readonly object[]> {
    return this.#live(tableContent(rows, options), 'a table', (one) => tableContent(one, options))
  }

  plot<const X extends string, const Y extends string>(
    spec: Omit<PlotSpec, 'x' | 'y'> & { x: X; y: Y | readonly Y[] },
  ): Series<X | Y> {
    const whole = plotSpec(spec)
    const cell = this.#add({ kind: 'plot', spec: whole })
    return new PlotSeries(whole, (points) =>
      this.#session.write({ type: 'points', cell, points }),
    ) as unknown as Series<X | Y>
  }

  progress(total: number, label?: string): Progress {
    const content = (value: number): CellContent => ({
      kind: 'progress',
      ...(label !== undefined && { label }),
      value,
      total,
    })
    const cell = this.#add(content(0))
    return new ProgressCounter(total, (value) => this.#session.write({ type: 'update', cell, content: content(value) }))
  }

  file(name: string, data?: string | Uint8Array): WritableFile {
    if (data === undefined)
      return streamedFile(this.#session, name, this.#add({ kind: 'display', data: { 'text/plain': name } }))
    this.#add(wholeFile(this.#session, name, data))
    return new WritableStream()
  }

  meta(values: Record<string, unknown>): void {
    this.#session.write({ type: 'meta', values: plainJson(values) as Record<string, unknown> })
  }

  async details(title: string, fn: (notebook: Notebook) => unknown): Promise<void> {
    await this.#within({ kind: 'details', title }, fn)
  }

  async subreport<T>(title: string, fn: (notebook: Notebook) => T): Promise<Awaited<T>> {
    return await this.#within({ kind: 'subreport', title, slug: this.#session.slug(title) }, fn)
  }

  async ask<const F extends Fields>(
    form: F,
    { title, timeout = ANSWER_MS }: { title?: string; timeout?: Duration } = {},
  ): Promise<Values<F>> {
    const question = { title, form, timeoutMs: toMilliseconds(timeout, 'timeout') }
    const cell = this.#add(questionContent(question))
    return (await askQuestion(this.#session, this.#shared.endpoint, { cell, ...question })) as Values<F>
  }

  serve(path: string, handler: (request: Request) => Response | Promise<Response>): Disposable {
    const whole = path.startsWith('/') ? path : `/${path}`
    this.#add({ kind: 'endpoint', path: whole })
    const serving = this.#shared.endpoint.handle(`/serve${whole}`, handler)
    this.#session.track(serving)
    return { [Symbol.dispose]: () => void serving.then((one) => one[Symbol.dispose]()) }
  }

  onComplete(hook: (report: { dir: string; url?: string }) => unknown): void {
    this.#session.track(this.#shared.completion.add(hook))
  }

  get checkpoint(): Checkpoint {
    return this.#shared.checkpoint
  }

  get signal(): AbortSignal {
    return this.#session.options.signal
  }

  #add(content: CellContent): CellId {
    return this.#session.add(content, cellOf(this) ?? this.#box)
  }

  /** A cell whose content may take a while, and may be replaced. */
  #live<T>(
    first: CellContent | Promise<CellContent>,
    name: string,
    content: (value: T) => CellContent | Promise<CellContent>,
  ): Live<T> {
    const cell = this.#add(first instanceof Promise ? { kind: 'display', data: { 'text/plain': name } } : first)
    const show = async (shown: CellContent | Promise<CellContent>): Promise<void> =>
      this.#session.write({ type: 'update', cell, content: await shown })
    if (first instanceof Promise) this.#session.track(show(first))
    const paced = new Paced<T>(this.#session, (value) => show(content(value)))
    return { update: (value) => paced.push(value) }
  }

  async #within<T>(content: CellContent, fn: (notebook: Notebook) => T): Promise<Awaited<T>> {
    const started = performance.now()
    const cell = this.#add(content)
    const end = (error?: unknown): void => {
      const seconds = (performance.now() - started) / 1000
      this.#session.write({ type: 'end', cell, seconds, ...(error !== undefined && { error: toJournalError(error) }) })
    }
    try {
      const value = await fn(new WrittenNotebook(this.#shared, cell))
      end()
      return value
    } catch (error) {
      end(error)
      throw error
    }
  }
}
