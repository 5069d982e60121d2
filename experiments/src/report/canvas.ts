import type { Notebook } from 'vitest-notebook'
import { toPicture } from '../pictures/picture.ts'
import type { Picture, Size } from '../pictures/picture.ts'
import { fit, resize } from '../pictures/resize.ts'
import { Timeline } from '../pictures/timeline.ts'
import type { Frame } from '../pictures/timeline.ts'
import type { RecipeStep } from '../recipes/recipe.ts'
import { LiveCanvas } from './live-canvas.ts'
import type { LiveCanvasOptions, Point } from './live-canvas.ts'

export interface CanvasOptions extends LiveCanvasOptions {
  /** how many steps are expected: the film is spread over them */
  readonly steps: number
  /** the most that the report shows of the longer side while it is worked on, in pixels; all when left out */
  readonly preview?: number
  /** how many steps a run that is cut off loses at most; defaults to 25 */
  readonly saveEvery?: number
}

/** What a checkpoint holds: the recipe's own state, and all that the report shows of the steps before. */
interface Saved<State> {
  readonly state: State
  readonly picture: Picture
  readonly frames: readonly Frame[]
  readonly points: readonly Point[]
  readonly cuts: readonly Cut[]
}

/** Where the limit of time ended a size. */
interface Cut {
  readonly step: number
  /** of the canvas at that size, in pixels */
  readonly width: number
}

/**
 * Opens the picture that an experiment works on: the report shows it live, with its convergence, and keeps its steps as a film. Where a
 * run before this one was cut off, it is as that one left it, and `resume` is what the recipe goes on from.
 *
 * @param start What is on it before the first step; only its size where the recipe begins with chance
 */
export async function openCanvas<State>(
  notebook: Notebook,
  start: Picture | Size,
  options: CanvasOptions,
): Promise<Canvas<State>> {
  return new Canvas(notebook, start, options, await notebook.checkpoint.load<Saved<State>>())
}

export class Canvas<State> {
  /** the state that the recipe goes on from; none where it begins */
  readonly resume: State | undefined
  readonly #notebook: Notebook
  readonly #live: LiveCanvas
  readonly #timeline: Timeline
  readonly #saveEvery: number
  readonly #cuts: Cut[]
  #picture: Picture

  constructor(
    notebook: Notebook,
    start: Picture | Size,
    { steps, preview, saveEvery = 25, ...options }: CanvasOptions,
    saved: Saved<State> | undefined,
  ) {
    const shown = preview === undefined ? start : fit(start, Math.min(preview, Math.max(start.width, start.height)))
    this.resume = saved?.state
    this.#notebook = notebook
    this.#saveEvery = saveEvery
    this.#cuts = [...(saved?.cuts ?? [])]
    this.#picture = saved?.picture ?? ('data' in start ? start : blank(start))
    this.#live = new LiveCanvas(notebook, resize(this.#picture, shown), options)
    this.#timeline = new Timeline({ width: shown.width, height: shown.height, steps, resume: saved?.frames })
    if (!saved && 'data' in start) this.#timeline.add(0, start)
    for (const point of saved?.points ?? []) this.#live.plot(point)
  }

  /**
   * Takes over each step of a recipe as it comes, and saves every few of them, so that a run that is cut off can be gone on with. Where the
   * limit of time has cut it short, the report says so.
   *
   * @returns the last picture
   */
  async follow(steps: AsyncIterable<RecipeStep<State>>): Promise<Picture> {
    const size = this.#picture
    let last = 0
    for await (const { step, width, pixels, isOutOfTime, state } of this.#live.showing(steps)) {
      this.#picture = resize(pixels, size)
      this.#timeline.add(step, this.#picture)
      last = step
      if (isOutOfTime) this.#cuts.push({ step, width })
      if (step % this.#saveEvery === 0) await this.#save(step, state)
    }
    this.#timeline.end(last, this.#picture)
    if (this.isCutShort) {
      const where = this.#cuts.map(({ step, width }) => `step ${step}, ${width} pixels wide`)
      this.#notebook.md(`**The time was up** at ${where.join(', and at ')}. Up to there, all is as without the limit.`)
    }
    return this.#picture
  }

  /** Whether the limit of time has ended some size before its steps were done. */
  get isCutShort(): boolean {
    return this.#cuts.length > 0
  }

  /** The steps as frames, for `notebook.video`. */
  film(): readonly Frame[] {
    return this.#timeline.film()
  }

  /** What was plotted of the first step. */
  get first(): number {
    return this.#live.points[0]!.value
  }

  /** What was plotted of the last step. */
  get last(): number {
    return this.#live.points.at(-1)!.value
  }

  async #save(step: number, state: State): Promise<void> {
    const saved: Saved<State> = {
      state,
      picture: this.#picture,
      frames: this.#timeline.frames,
      points: this.#live.points,
      cuts: this.#cuts,
    }
    await this.#notebook.checkpoint.save(saved, { step })
  }
}

function blank(size: Size): Picture {
  return toPicture(new Float32Array(size.width * size.height * 3).fill(GREY), size)
}

const GREY = 127
