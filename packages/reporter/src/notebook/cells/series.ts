import { NotebookError } from '../../errors.ts'
import type { PlotPoint, PlotSpec } from '../../journal/schema.ts'
import type { Series } from '../types.ts'

/** Points are written as they come; of each, only the fields that the plot shows. */
export class PlotSeries implements Series {
  #fields: readonly string[]
  #write: ((points: PlotPoint[]) => void) | undefined
  #first: PlotPoint | undefined
  #last: PlotPoint | undefined
  #length = 0

  /** @param write left out in a silent notebook */
  constructor({ x, y }: Pick<PlotSpec, 'x' | 'y'>, write?: (points: PlotPoint[]) => void) {
    this.#fields = [x, ...[y].flat()]
    this.#write = write
  }

  add(point: Readonly<Record<string, number>>): void {
    const shown: PlotPoint = {}
    for (const field of this.#fields) {
      const value: unknown = point[field]
      if (typeof value !== 'number' && value !== undefined && value !== null) {
        throw new NotebookError(
          'NOTEBOOK_USE',
          `Expected \`${field}\` of a plot's point to be a number, got ${typeof value}.`,
        )
      }
      if (typeof value === 'number') shown[field] = value
    }
    this.#first ??= shown
    this.#last = shown
    this.#length++
    this.#write?.([Object.fromEntries(Object.entries(shown).filter(([, value]) => Number.isFinite(value)))])
  }

  get first(): PlotPoint {
    return some(this.#first)
  }

  get last(): PlotPoint {
    return some(this.#last)
  }

  get length(): number {
    return this.#length
  }
}

function some(point: PlotPoint | undefined): PlotPoint {
  if (!point) throw new NotebookError('NOTEBOOK_USE', 'The plot has no points yet: `add` one first.')
  return point
}

export function plotSpec(spec: Omit<PlotSpec, 'y'> & { y: string | readonly string[] }): PlotSpec {
  const { y, ...rest } = spec
  return { ...rest, y: typeof y === 'string' ? y : [...y] }
}
