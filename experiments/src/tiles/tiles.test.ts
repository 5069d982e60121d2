import { beforeAll, describe, expect, test } from 'vitest'
import type { Edges } from '../engines/edges.ts'
import type { Engine } from '../engines/engine.ts'
import { createOnnxEngine } from '../engines/onnx/engine.ts'
import { createTfjsEngine } from '../engines/tfjs/engine.ts'
import { randomConvolution, tinyNetwork } from '../engines/tiny-networks.ts'
import { compile } from '../evaluator.ts'
import { withAveragePooling } from '../networks/network.ts'
import type { Network } from '../networks/network.ts'
import { loadNetwork } from '../networks/registry.ts'
import { sum } from '../objectives/objective.ts'
import { components, content, covariance, moments, power, style, totalVariation } from '../objectives/terms.ts'
import { noise } from '../pictures/noise.ts'
import { plasma } from '../pictures/plasma.ts'
import { toPicture } from '../pictures/picture.ts'
import { assertFits } from './memory.ts'

const engines: Record<string, Engine> = {}
let network: Network
beforeAll(async () => {
  engines['onnx'] = await createOnnxEngine({ threads: 1 })
  engines['tfjs'] = await createTfjsEngine()
  network = await loadNetwork('default')
})

const size = { width: 149, height: 118 }
const canvas = plasma(size, { seed: 3 })
const painting = plasma({ width: 131, height: 90 }, { seed: 4 })
const mask = toPicture(
  Float32Array.from({ length: 149 * 118 * 3 }, (_, i) => (Math.floor(i / 3) % 149 > 70 ? 255 : 0)),
  size,
)
const objective = sum(
  content(['conv3_2'], noise(size)),
  components(['conv2_2'], plasma(size, { seed: 5 })),
  style(['input', 'conv1_2', 'conv3_1'], painting),
  covariance(['conv2_1'], painting, { mask }),
  moments(['conv2_2'], painting),
  power(['conv3_1'], { channel: 3, mask }),
  totalVariation({ weight: 1e-5 }),
)

describe.for(['onnx', 'tfjs'])('by tiles, %s gives the loss and the gradient of the whole', (name) => {
  test.for<Edges>(['zero', 'mirror', 'wrap'])('with edges %s', async (edges) => {
    const seen = withAveragePooling(network)
    const [whole, tiled] = await evaluations(engines[name]!, seen, edges, 80)
    expect(difference(tiled, whole)).toBeLessThan(1e-4)
  })
})

test('strides that overlap, and tiles of other sizes, change nothing', async () => {
  const tiny = tinyNetwork([
    randomConvolution('conv3_2', 'input', [6, 3, 5], { stride: 2, padding: 0 }),
    { kind: 'pooling', name: 'pooled', input: 'conv3_2', method: 'maximum', size: 3, stride: 2 },
    randomConvolution('left', 'pooled', [5, 6, 1]),
    randomConvolution('right', 'pooled', [5, 6, 3]),
    { kind: 'concatenation', name: 'top', inputs: ['left', 'right'] },
  ])
  const terms = sum(style(['conv3_2', 'top'], painting), power(['top']), content(['top'], noise(size)))
  for (const tile of [40, 61, 97, 148]) {
    const [whole, tiled] = await evaluations(engines['onnx']!, tiny, 'zero', tile, terms)
    expect(difference(tiled, whole)).toBeLessThan(1e-4)
  }
})

test('a tile that is smaller than what the layers see is refused with the smallest that does', async () => {
  const compiling = compile(engines['onnx']!, network, objective, size, { tile: 30 })
  await expect(compiling).rejects.toThrow(/A tile of 30 pixels is smaller.*Take tiles of \d+ pixels or more/)
})

test.for(['convolution', 'pooling'])(
  'a %s that pads by the size of its input is refused by name, before the start too',
  async (kind) => {
    const padded =
      kind === 'pooling'
        ? ({ kind, name: 'padded', input: 'conv1', method: 'average', size: 3, stride: 2, padding: 'same' } as const)
        : randomConvolution('padded', 'conv1', [4, 4, 3], { stride: 2, padding: 'same' })
    const tiny = tinyNetwork([randomConvolution('conv1', 'input', [4, 3, 3]), padded])
    const refused =
      'The layer padded pads by the size of its input, so it cannot be evaluated by tiles. Leave `tile` out'
    const terms = power(['padded'])
    const fitting = { engine: engines['onnx']!, edges: 'zero', bytesPerPixel: 0 } as const
    for (const name of ['onnx', 'tfjs']) {
      await expect(compile(engines[name]!, tiny, terms, size, { tile: 80 })).rejects.toThrow(refused)
    }
    expect(() => assertFits(tiny, terms, size, { ...fitting, tile: 80 })).toThrow(refused)
    // In one piece it is fine, and so are tiles of the layers before it.
    expect(() => assertFits(tiny, terms, size, fitting)).not.toThrow()
    expect(() => assertFits(tiny, power(['conv1']), size, { ...fitting, tile: 80 })).not.toThrow()
  },
)

async function evaluations(engine: Engine, seen: Network, edges: Edges, tile: number, terms = objective) {
  await using whole = await compile(engine, seen, terms, size, { edges })
  await using tiled = await compile(engine, seen, terms, size, { edges, tile })
  return [await whole.evaluate(canvas.data), await tiled.evaluate(canvas.data)] as const
}

type Evaluated = Awaited<ReturnType<typeof evaluations>>[0]

/** The largest relative difference: of a term's loss, or of the gradient. */
function difference(tiled: Evaluated, whole: Evaluated): number {
  const losses = Object.entries(whole.terms).map(([label, loss]) => Math.abs(tiled.terms[label]! / loss - 1))
  const distance = Math.hypot(...tiled.gradient.map((slope, i) => slope - whole.gradient[i]!).values())
  return Math.max(...losses, distance / Math.hypot(...whole.gradient.values()))
}
