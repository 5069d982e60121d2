import { beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../evaluator.ts'
import { reasonToLeaveOut } from '../networks/development-mirror.ts'
import { withAveragePooling } from '../networks/network.ts'
import { loadNetwork, networkNames } from '../networks/registry.ts'
import { sum } from '../objectives/objective.ts'
import { content, power, style, totalVariation } from '../objectives/terms.ts'
import { noise } from '../pictures/noise.ts'
import { plasma } from '../pictures/plasma.ts'
import type { Engine } from './engine.ts'
import { createOnnxEngine } from './onnx/engine.ts'
import { createTfjsEngine } from './tfjs/engine.ts'

let engines: Engine[]
beforeAll(async () => {
  engines = [await createOnnxEngine({ threads: 1 }), await createTfjsEngine()]
})
const size = { width: 80, height: 72 }
const canvas = plasma(size, { seed: 3 })

describe('both engines give the same loss and the same gradient with', () => {
  for (const name of networkNames) {
    const missing = name === 'default' ? undefined : reasonToLeaveOut(name)
    test(`the network ${name}`, async ({ skip }) => {
      if (missing) skip(missing)
      const network = await loadNetwork(name)
      const { taste } = network
      const objectives = [
        sum(
          content(taste.content, noise(size)),
          style(taste.style, noise({ width: 64, height: 64 })),
          totalVariation(),
        ),
        power(taste.dream),
      ]
      for (const [i, objective] of objectives.entries()) {
        const evaluations = []
        for (const engine of engines) {
          await using evaluator = await compile(
            engine,
            i === 0 ? withAveragePooling(network) : network,
            objective,
            size,
          )
          evaluations.push(await evaluator.evaluate(canvas.data))
        }
        const [ours, theirs] = evaluations
        expect(Math.abs(ours!.loss / theirs!.loss - 1)).toBeLessThan(1e-4)
        expect(cosine(ours!.gradient, theirs!.gradient)).toBeGreaterThan(0.9999)
      }
    })
  }
})

test('a layer that the network does not have is refused with the names of those that it has', async () => {
  const network = await loadNetwork('default')
  await expect(compile(engines[0]!, network, power(['conv9_9']), size)).rejects.toThrow(/no layer 'conv9_9'.*conv5_1/)
})

test('a content target of another size than the canvas is refused with both sizes', async () => {
  const network = await loadNetwork('default')
  const objective = content(['conv1_1'], noise({ width: 40, height: 40 }))
  await expect(compile(engines[0]!, network, objective, size)).rejects.toThrow('80 x 72, got 40 x 40')
})

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((all, value, i) => all + value * y[i]!, 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}
