import { describe, expect, test } from 'vitest'
import { adam } from './adam.ts'
import { lbfgs } from './lbfgs.ts'
import type { Evaluate, OptimizerOptions, OptimizerStep } from './optimizer.ts'

/** Rosenbrock's valley in many dimensions, stretched over 0-255, with its lowest point inside or outside the box. */
function valley(centre: number): Evaluate {
  return (canvas) => {
    const gradient = new Float32Array(canvas.length)
    let loss = 0
    const x = Array.from(canvas, (value) => (value - centre) / 40 + 1)
    for (let i = 0; i + 1 < x.length; i += 2) {
      const bend = x[i + 1]! - x[i]! ** 2
      loss += 10 * bend ** 2 + (1 - x[i]!) ** 2
      gradient[i]! += (-40 * x[i]! * bend - 2 * (1 - x[i]!)) / 40
      gradient[i + 1]! += (20 * bend) / 40
    }
    return Promise.resolve({ loss, gradient, terms: { valley: loss } })
  }
}

type Search = (
  evaluate: Evaluate,
  start: Float32Array,
  options: OptimizerOptions<never>,
) => AsyncGenerator<OptimizerStep<unknown>, void, undefined>

const start = Float32Array.from({ length: 12 }, (_, i) => (i * 67) % 256)

describe.for([
  ['L-BFGS', lbfgs as Search],
  ['Adam', adam as Search],
] as const)('%s', ([, search]) => {
  test('finds the lowest point of a bent valley', async () => {
    const steps = await Array.fromAsync(search(valley(100), start, { steps: 900 }))
    expect(steps.at(-1)!.loss).toBeLessThan(0.05)
  })

  test('never ends worse than it began, and no step is worse than the one before', async () => {
    const first = await valley(100)(start)
    const losses = (await Array.fromAsync(search(valley(100), start, { steps: 80 }))).map(({ loss }) => loss)
    expect([first.loss, ...losses]).toEqual([first.loss, ...losses].toSorted((a, b) => b - a))
  })

  test('stays in the box, and ends at its edge where the valley lies beyond', async () => {
    const steps = await Array.fromAsync(search(valley(300), start, { steps: 300, box: [0, 255] }))
    const { canvas } = steps.at(-1)!
    expect(Math.min(...canvas)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...canvas)).toBe(255)
  })

  test('gives up nothing when it is cut off: resumed, it ends at the same values', async () => {
    const whole = await Array.fromAsync(search(valley(100), start, { steps: 30 }))
    const state = structuredClone(whole[11]!.state) as never
    const rest = await Array.fromAsync(search(valley(100), start, { steps: 30, resume: state }))
    expect(rest.map(({ step }) => step)).toEqual(whole.slice(12).map(({ step }) => step))
    expect(rest.at(-1)!.canvas).toEqual(whole.at(-1)!.canvas)
  })

  test('ends with the reason of its signal', async () => {
    const signal = AbortSignal.abort(new Error('The run was cancelled'))
    await expect(Array.fromAsync(search(valley(100), start, { steps: 5, signal }))).rejects.toThrow('was cancelled')
  })
})

test('L-BFGS needs far fewer steps than Adam', async () => {
  const [quick, slow] = await Promise.all(
    [lbfgs as Search, adam as Search].map((search) => Array.fromAsync(search(valley(100), start, { steps: 60 }))),
  )
  expect(quick!.at(-1)!.loss).toBeLessThan(slow!.at(-1)!.loss)
})
