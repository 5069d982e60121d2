import type { MimeBundle, PlotPoint, PlotSpec } from '../journal/schema.ts'
import type { Fields, Values } from './fields.ts'
import type { Picture } from './picture.ts'

/** Milliseconds, or a number with a unit: `'90s'`, `'5m'`, `'1h'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h'}`

/**
 * What a test writes while it runs. Cells stand in the order of the calls. Only `code`, `video`, `ask`, `details` and
 * `subreport` have to be awaited; the end of the test waits for the rest. Without the reporter nothing is written and
 * values pass through.
 */
export interface Notebook {
  /** Prose in Markdown: headings, lists, tables, links, math, Mermaid. */
  md(text: string): void
  /** The same as a template, indented as the code around it. */
  md(text: TemplateStringsArray, ...values: unknown[]): void

  /**
   * Runs a function and shows its source, its seconds, what it printed, and what it returned or threw.
   *
   * @returns what the function returns; throws what it throws
   */
  code<T>(title: string, fn: () => T): T
  code<T>(fn: () => T): T

  /** Shows a value: a MIME bundle, an object with `Symbol.for('Jupyter.display')`, a picture, an error, or anything else. */
  display<T>(value: T, options?: { title?: string }): Live<T>

  /** Shows a picture. `alt` says in words what it shows. `update` replaces it, at most five times a second. */
  image(picture: Picture, options: { alt: string; caption?: string }): Live<Picture>
  /** Two pictures under one slider. */
  compare(before: Picture, after: Picture, options: { alt: string }): void
  /** Pictures in a grid, with a viewer that steps through them. */
  gallery(items: Iterable<{ image: Picture; alt: string; caption?: string }>): void
  /**
   * Frames as a film: MP4 where `ffmpeg` is found, animated WebP otherwise. Frames are encoded as they come, and all get
   * the size of the first.
   */
  video(frames: Iterable<Picture> | AsyncIterable<Picture>, options: { fps: number; alt: string }): Promise<void>

  /** Rows as a table; columns are the keys in the order they come up. */
  table(rows: readonly object[], options?: { caption?: string; statistics?: boolean }): Live<readonly object[]>
  /** A chart that grows. */
  plot<const X extends string, const Y extends string>(
    spec: Omit<PlotSpec, 'x' | 'y'> & { x: X; y: Y | readonly Y[] },
  ): Series<X | Y>
  progress(total: number, label?: string): Progress

  /** A file to download. With `data` it is written at once; without, by the stream that comes back. */
  file(name: string, data?: string | Uint8Array): WritableStream<string | Uint8Array>
  /** Facts about the result, shown with where it is from. */
  meta(values: Record<string, unknown>): void

  /** A box that folds. */
  details(title: string, fn: (notebook: Notebook) => unknown): Promise<void>
  /** A page of its own, linked from this one. */
  subreport<T>(title: string, fn: (notebook: Notebook) => T): Promise<Awaited<T>>

  /**
   * Asks whoever watches the live page. When nobody can, or nobody does within the time-out (one minute), the defaults are
   * the answer. The answer is recorded; a later run can replay it.
   */
  ask<const F extends Fields>(form: F, options?: { title?: string; timeout?: Duration }): Promise<Values<F>>
  /** An address of the experiment on the live page; it ends with the test, or when the handle is disposed of. */
  serve(path: string, handler: (request: Request) => Response | Promise<Response>): Disposable

  /** Called when all files of the report are there; the test waits for it. */
  onComplete(hook: (report: { dir: string; url?: string }) => unknown): void
  readonly checkpoint: Checkpoint
  /** Aborts when the test times out or the run is cancelled. */
  readonly signal: AbortSignal
}

/** A cell that can be shown anew, in its place. */
export interface Live<T> {
  update(value: T): void
}

/** Points of a plot: one number for each field it shows, whatever else they hold. */
export interface Series<Field extends string = string> {
  add(point: { readonly [K in Field]: number }): void
  /** throws when there is none yet */
  readonly first: { readonly [K in Field]: number }
  readonly last: { readonly [K in Field]: number }
  readonly length: number
}

export interface Progress {
  /** how much is done, of `total` */
  update(value: number): void
  /** that much more is done. Default: 1 */
  add(count?: number): void
  readonly value: number
}

/** State that outlives the worker: when its host is lost, the next attempt goes on from there; when the run is, one with `--resume`. */
export interface Checkpoint {
  /** What the attempt before this one, or the run that this one continues, saved last, if it was cut off. The report says so. */
  load<T>(): Promise<T | undefined>
  /**
   * Replaces what was saved before. Takes whatever `structuredClone` takes: typed arrays, maps, dates.
   *
   * @param options `step`: which step the state is of, for the report of what goes on from there
   */
  save(state: unknown, options?: { step?: number }): Promise<void>
}

export type { MimeBundle, PlotPoint, PlotSpec }
