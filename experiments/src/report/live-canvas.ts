import type { Live, Notebook, Series } from 'vitest-notebook'
import { resize } from '../pictures/resize.ts'
import type { Picture, Size } from '../pictures/picture.ts'
import type { RecipeStep } from '../recipes/recipe.ts'

/** What an experiment's report plots of every step. */
export interface Convergence {
  readonly title: string
  /** the name of the axis; defaults to 'loss' */
  readonly y?: string
  /** what is plotted of a loss; defaults to the loss */
  readonly of?: (loss: number) => number
}

export interface LiveCanvasOptions {
  /** in words, for who cannot see it */
  readonly alt: string
  readonly convergence: Convergence
}

/** A point of the convergence plot. */
export interface Point {
  readonly step: number
  readonly value: number
}

/** A picture that is worked on, as its report shows it while that goes on: the newest step of it, and how its loss falls. */
export class LiveCanvas {
  readonly #image: Live<Parameters<Notebook['image']>[0]>
  readonly #plot: Series
  readonly #y: string
  readonly #of: (loss: number) => number
  readonly #size: Size
  readonly #points: Point[] = []

  /** @param first What is on it before the first step; every step is shown in its size */
  constructor(notebook: Notebook, first: Picture, { alt, convergence }: LiveCanvasOptions) {
    const { title, y = 'loss', of = (loss) => loss } = convergence
    this.#image = notebook.image(first, { alt, caption: 'The canvas' })
    this.#plot = notebook.plot({ title, x: 'step', y, scale: 'log' })
    this.#y = y
    this.#of = of
    this.#size = first
  }

  /** All that was plotted. */
  get points(): readonly Point[] {
    return this.#points
  }

  show(picture: Picture): void {
    this.#image.update(resize(picture, this.#size))
  }

  plot(point: Point): void {
    this.#points.push(point)
    this.#plot.add({ step: point.step, [this.#y]: point.value })
  }

  /**
   * Shows and plots each step of a recipe as it comes.
   *
   * @param before Steps of other recipes that the plot has already
   * @yields the steps
   */
  async *showing<Step extends RecipeStep<unknown>>(steps: AsyncIterable<Step>, before = 0): AsyncIterable<Step> {
    for await (const step of steps) {
      this.show(step.pixels)
      this.plot({ step: before + step.step, value: this.#of(step.loss) })
      yield step
    }
  }

  /** Shows and plots all steps of a recipe, and gives back the first and the last. */
  async follow<Step extends RecipeStep<unknown>>(
    steps: AsyncIterable<Step>,
    before = 0,
  ): Promise<{ first: Step; last: Step }> {
    let [first, last]: Step[] = []
    for await (const step of this.showing(steps, before)) {
      first ??= step
      last = step
    }
    if (!first || !last) throw new Error('The recipe took no step: its start cannot be made better')
    return { first, last }
  }
}
