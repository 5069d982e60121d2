// Liu and Nocedal 1989, "On the limited memory BFGS method for large scale optimization", projected onto a box.
import type { Evaluation } from '../evaluation.ts'
import { twoLoop } from './two-loop.ts'
import type { Pair } from './two-loop.ts'
import type { Evaluate, OptimizerOptions, OptimizerStep } from './optimizer.ts'

export interface LbfgsState {
  readonly step: number
  readonly canvas: Float32Array
  readonly pairs: readonly Pair[]
}

export interface LbfgsOptions extends OptimizerOptions<LbfgsState> {
  /** how many steps it remembers the curvature of; defaults to 10 */
  readonly memory?: number
  /** the mean change of a value by the first step, whatever the scale of the loss; defaults to 2 */
  readonly firstChange?: number
}

/**
 * Minimises by limited-memory BFGS in a box. Values at an edge that want to leave it stand still; each step is searched backwards
 * along its projection until the loss falls enough, so the loss never rises. Ends early when no direction leads down any more.
 *
 * @param evaluate Computes loss and gradient
 * @param start The first canvas; not changed
 * @yields every step that lowered the loss
 */
export async function* lbfgs(
  evaluate: Evaluate,
  start: Float32Array,
  { steps, box = [0, 255], memory = 10, firstChange = 2, resume, signal }: LbfgsOptions,
): AsyncGenerator<OptimizerStep<LbfgsState>, void, undefined> {
  let canvas = resume?.canvas ?? project(start, box)
  let pairs: readonly Pair[] = resume?.pairs ?? []
  let evaluation = await evaluate(canvas)
  for (let step = (resume?.step ?? 0) + 1; step <= steps; step++) {
    signal?.throwIfAborted()
    const free = freeGradient(canvas, evaluation.gradient, box)
    let found = await search(evaluate, canvas, evaluation, direction(free, pairs, firstChange), box)
    if (!found && pairs.length > 0) {
      pairs = []
      found = await search(evaluate, canvas, evaluation, direction(free, pairs, firstChange), box)
    }
    if (!found) return
    const change = subtract(found.canvas, canvas)
    const bend = subtract(found.evaluation.gradient, evaluation.gradient)
    const curvature = dot(change, bend)
    if (curvature > 1e-10 * dot(bend, bend)) pairs = [...pairs, { change, bend, curvature }].slice(-memory)
    canvas = found.canvas
    evaluation = found.evaluation
    yield { step, loss: evaluation.loss, terms: evaluation.terms, canvas, state: { step, canvas, pairs } }
  }
}

/** The gradient without the values that stand at an edge and would leave the box. */
function freeGradient(
  canvas: Float32Array,
  gradient: Float32Array,
  [low, high]: readonly [number, number],
): Float32Array {
  return gradient.map((slope, i) => {
    const leaves = (canvas[i]! <= low && slope > 0) || (canvas[i]! >= high && slope < 0)
    return leaves ? 0 : slope
  })
}

function direction(gradient: Float32Array, pairs: readonly Pair[], firstChange: number): Float32Array {
  if (pairs.length > 0) return twoLoop(gradient, pairs)
  const mean = gradient.reduce((sum, slope) => sum + Math.abs(slope), 0) / gradient.length
  return gradient.map((slope) => (-slope * firstChange) / Math.max(mean, Number.MIN_VALUE))
}

interface Found {
  readonly canvas: Float32Array
  readonly evaluation: Evaluation
}

/** Halves the step until the loss falls by a share of what the slope promises (Armijo), measured after the projection. */
async function search(
  evaluate: Evaluate,
  canvas: Float32Array,
  { loss, gradient }: Evaluation,
  direction: Float32Array,
  box: readonly [number, number],
): Promise<Found | undefined> {
  for (let length = 1, tries = 0; tries < MAX_TRIES; length *= SHRINK, tries++) {
    const next = project(
      canvas.map((value, i) => value + length * direction[i]!),
      box,
    )
    const promised = dot(gradient, subtract(next, canvas))
    if (promised >= 0) continue
    const evaluation = await evaluate(next)
    if (evaluation.loss <= loss + SUFFICIENT * promised) return { canvas: next, evaluation }
  }
  return undefined
}

function project(values: Float32Array, [low, high]: readonly [number, number]): Float32Array {
  return values.map((value) => Math.min(high, Math.max(low, value)))
}

function subtract(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => value - b[i]!)
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

const SUFFICIENT = 1e-4
const SHRINK = 0.4
const MAX_TRIES = 12

/** What the search keeps of a canvas of RGB: two arrays for each remembered step, and about ten while it looks for the next. */
export const LBFGS_BYTES_PER_PIXEL = (2 * 10 + 10) * 3 * 4
