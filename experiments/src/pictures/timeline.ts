import { toBytes } from './files.ts'
import type { Picture, Size } from './picture.ts'
import { resize } from './resize.ts'

/** A picture of bytes, small enough to keep many. */
export interface Frame {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  readonly channels: 3
}

export interface TimelineOptions extends Size {
  /** how many steps are expected */
  readonly steps: number
  /** how many frames to keep of them; defaults to 24 */
  readonly count?: number
  /** the frames of a run that was cut off */
  readonly resume?: readonly Frame[] | undefined
}

/** Keeps some of the pictures of a run, evenly spread over its steps, all of one size: the frames of a film of it. */
export class Timeline {
  readonly #size: Size
  readonly #every: number
  readonly #frames: Frame[]

  constructor({ width, height, steps, count = 24, resume = [] }: TimelineOptions) {
    this.#size = { width, height }
    this.#every = Math.max(1, Math.floor(steps / count))
    this.#frames = [...resume]
  }

  /** @param step 0 for the start, else counted from 1 */
  add(step: number, picture: Picture): void {
    if (step % this.#every === 0) this.#keep(picture)
  }

  /** @param step The last, which is kept wherever it falls */
  end(step: number, picture: Picture): void {
    if (step % this.#every !== 0) this.#keep(picture)
  }

  get frames(): readonly Frame[] {
    return this.#frames
  }

  /** The frames, and the last of them for a while longer. */
  film(hold = 8): readonly Frame[] {
    const last = this.#frames.at(-1)
    return last ? [...this.#frames, ...Array<Frame>(hold).fill(last)] : []
  }

  #keep(picture: Picture): void {
    const { width, height } = this.#size
    this.#frames.push({ data: toBytes(resize(picture, this.#size)), width, height, channels: 3 })
  }
}
