import type { PlotSpec } from '../journal/schema.ts'
import { nowhere, type WritableFile } from './cells/file.ts'
import { ProgressCounter } from './cells/progress.ts'
import { defaultAnswers } from './cells/question.ts'
import { PlotSeries, plotSpec } from './cells/series.ts'
import type { Fields, Values } from './fields.ts'
import type { Checkpoint, Live, Notebook, Progress, Series } from './types.ts'

const NOTHING: Live<unknown> = { update() {} }

/** A notebook where no reporter listens: code runs, values pass through, nothing is written. */
export class SilentNotebook implements Notebook {
  readonly signal: AbortSignal
  readonly checkpoint: Checkpoint = { load: () => Promise.resolve(undefined), save: () => Promise.resolve() }
  #baseDir: string

  constructor({ signal, baseDir }: { signal: AbortSignal; baseDir: string }) {
    this.signal = signal
    this.#baseDir = baseDir
  }

  md(): void {}

  code<T>(...args: [title: string, fn: () => T] | [fn: () => T]): T {
    return args.length === 2 ? args[1]() : args[0]()
  }

  display<T>(): Live<T> {
    return NOTHING
  }

  image(): Live<never> {
    return NOTHING
  }

  compare(): void {}

  gallery(): void {}

  /** The frames are made: what makes them may be what is tested. */
  async video(frames: Iterable<unknown> | AsyncIterable<unknown>): Promise<void> {
    for await (const _ of frames);
  }

  table(): Live<readonly object[]> {
    return NOTHING
  }

  plot<const X extends string, const Y extends string>(
    spec: Omit<PlotSpec, 'x' | 'y'> & { x: X; y: Y | readonly Y[] },
  ): Series<X | Y> {
    return new PlotSeries(plotSpec(spec)) as unknown as Series<X | Y>
  }

  progress(total: number): Progress {
    return new ProgressCounter(total)
  }

  file(): WritableFile {
    return nowhere()
  }

  meta(): void {}

  async details(_title: string, fn: (notebook: Notebook) => unknown): Promise<void> {
    await fn(this)
  }

  async subreport<T>(_title: string, fn: (notebook: Notebook) => T): Promise<Awaited<T>> {
    return await fn(this)
  }

  async ask<const F extends Fields>(form: F): Promise<Values<F>> {
    return (await defaultAnswers(form, this.#baseDir)) as Values<F>
  }

  serve(): Disposable {
    return { [Symbol.dispose]() {} }
  }

  onComplete(): void {}
}
