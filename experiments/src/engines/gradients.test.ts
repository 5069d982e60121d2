import { beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../evaluator.ts'
import { inceptionModule } from '../networks/inception-module.ts'
import type { Layer, Network } from '../networks/network.ts'
import { sum } from '../objectives/objective.ts'
import type { Objective } from '../objectives/objective.ts'
import {
  components,
  content,
  covariance,
  gram,
  mean,
  moments,
  power,
  style,
  totalVariation,
} from '../objectives/terms.ts'
import { noise } from '../pictures/noise.ts'
import { toPicture } from '../pictures/picture.ts'
import { createRandom } from '../pictures/random.ts'
import type { Edges } from './edges.ts'
import type { Engine } from './engine.ts'
import { createOnnxEngine } from './onnx/engine.ts'
import { randomConvolution, tinyNetwork } from './tiny-networks.ts'
import { createTfjsEngine } from './tfjs/engine.ts'

const engines: Record<string, Engine> = {}
beforeAll(async () => {
  engines['onnx'] = await createOnnxEngine({ threads: 1 })
  engines['tfjs'] = await createTfjsEngine()
})

const size = { width: 23, height: 19 }
const canvas = noise(size, { seed: 5, deviation: 50 })
const target = noise(size, { seed: 6, deviation: 50, mean: 110 })
const painting = noise({ width: 17, height: 25 }, { seed: 7, deviation: 60 })

/** White on the right, with a soft edge. */
const mask = toPicture(
  Float32Array.from({ length: 23 * 19 * 3 }, (_, i) => Math.min(255, Math.max(0, ((Math.floor(i / 3) % 23) - 9) * 60))),
  size,
)

const first = (slope = 1) => randomConvolution('first', 'input', [6, 3, 3], { slope })
const pooling = (method: 'maximum' | 'average', size: number, stride: number, padding?: 'same'): Layer[] => [
  first(),
  { kind: 'pooling', name: 'top', input: 'first', method, size, stride, ...(padding && { padding }) },
]
const networks: Record<string, Network> = {
  'a convolution': tinyNetwork([randomConvolution('top', 'input', [6, 3, 3], { slope: 1 })]),
  'a convolution of 1 x 1 on BGR': tinyNetwork([randomConvolution('top', 'input', [6, 3, 1], { slope: 1 })], 'bgr'),
  'a convolution with a ReLU': tinyNetwork([randomConvolution('top', 'input', [6, 3, 3])]),
  'a convolution with a leaky ReLU': tinyNetwork([randomConvolution('top', 'input', [6, 3, 3], { slope: 0.1 })]),
  'a convolution of 5 x 5 with stride 2': tinyNetwork([
    randomConvolution('top', 'input', [6, 3, 5], { stride: 2, padding: 0 }),
  ]),
  'a convolution with stride 2 that leaves a rest': tinyNetwork([
    randomConvolution('top', 'input', [6, 3, 4], { stride: 2, padding: 1 }),
  ]),
  'an average pooling that leaves a rest': tinyNetwork(pooling('average', 2, 2)),
  'an average pooling whose windows overlap': tinyNetwork(pooling('average', 3, 2)),
  'a maximum pooling over negative numbers': tinyNetwork(pooling('maximum', 2, 2)),
  'a maximum pooling whose windows overlap': tinyNetwork(pooling('maximum', 3, 2)),
  'a convolution of 5 x 5 padded to the same size': tinyNetwork([
    randomConvolution('top', 'input', [6, 3, 5], { padding: 'same' }),
  ]),
  'a convolution with stride 2 padded more after than before': tinyNetwork([
    randomConvolution('top', 'input', [6, 3, 4], { stride: 2, padding: 'same' }),
  ]),
  'an average pooling over added places': tinyNetwork(pooling('average', 3, 2, 'same')),
  'an average pooling of one more place after than before': tinyNetwork(pooling('average', 2, 1, 'same')),
  'a maximum pooling over added places': tinyNetwork(pooling('maximum', 3, 2, 'same')),
  'a maximum pooling that keeps the size': tinyNetwork(pooling('maximum', 3, 1, 'same')),
  'a local response normalisation': tinyNetwork([
    first(),
    { kind: 'localResponseNormalization', name: 'top', input: 'first', radius: 2, bias: 1, alpha: 0.3, beta: 0.5 },
  ]),
  'a local response normalisation over more channels than there are': tinyNetwork([
    first(),
    { kind: 'localResponseNormalization', name: 'top', input: 'first', radius: 9, bias: 2, alpha: 0.1, beta: 0.75 },
  ]),
  'an inception module': tinyNetwork([
    ...inceptionModule('top', 'input', {
      '1x1': randomConvolution('', '', [3, 3, 1]),
      '3x3_bottleneck': randomConvolution('', '', [4, 3, 1]),
      '3x3': randomConvolution('', '', [5, 4, 3]),
      '5x5_bottleneck': randomConvolution('', '', [2, 3, 1]),
      '5x5': randomConvolution('', '', [3, 2, 5]),
      pool_reduce: randomConvolution('', '', [2, 3, 1]),
    }),
  ]),
  'two branches that are joined': tinyNetwork([
    randomConvolution('squeezed', 'input', [4, 3, 1]),
    randomConvolution('left', 'squeezed', [3, 4, 1]),
    randomConvolution('right', 'squeezed', [5, 4, 3]),
    { kind: 'concatenation', name: 'top', inputs: ['left', 'right'] },
  ]),
}
const deep = tinyNetwork([
  first(0),
  { kind: 'pooling', name: 'half', input: 'first', method: 'average', size: 2, stride: 2 },
  randomConvolution('top', 'half', [8, 6, 3]),
])
const objectives: Record<string, Objective> = {
  content: content(['top'], target),
  'principal components': components(['top', 'first'], target, { count: 4 }),
  'principal components under a mask': components(['top'], target, { count: 3, mask }),
  'Gram matrices': gram(['first', 'top'], painting),
  means: mean(['input', 'top'], painting),
  covariances: covariance(['input', 'top'], painting),
  moments: moments(['first', 'top'], painting),
  'a blend of two styles': style(
    ['top'],
    [
      { picture: painting, share: 1 },
      { picture: target, share: 3 },
    ],
  ),
  'a style under a mask': style(['first', 'top'], painting, { mask }),
  'moments under a mask': moments(['top'], painting, { mask }),
  'content under a mask': content(['first'], target, { mask }),
  'a dream under a mask': sum(power(['top'], { mask }), power(['first'], { channel: 1, mask })),
  'the power of a layer': power(['top']),
  'the power of one channel': power(['top'], { channel: 2 }),
  'total variation': totalVariation({ weight: 1e-3 }),
  'their sum': sum(
    content(['top'], target),
    style(['first'], painting),
    power(['top']),
    totalVariation({ weight: 1e-4 }),
  ),
}

describe.for(['onnx', 'tfjs'])('the gradient on %s agrees with finite differences through', (name) => {
  test.for(Object.entries(networks))('%s', async ([, network]) => {
    const objective = sum(content(['top'], target), gram(['top'], painting))
    expect(await gradientError(engines[name]!, network, objective)).toBeLessThan(0.02)
  })

  test.for(Object.entries(objectives))('%s', async ([, objective]) => {
    expect(await gradientError(engines[name]!, deep, objective)).toBeLessThan(0.02)
  })

  test.for<Edges>(['mirror', 'wrap'])('a canvas with edges %s', async (edges) => {
    const objective = style(['first', 'top'], painting)
    expect(await gradientError(engines[name]!, deep, objective, edges)).toBeLessThan(0.02)
  })
})

describe('the engines agree with one another', () => {
  test.for([...Object.keys(networks), 'all'])('on loss and gradient of %s', async (which) => {
    const network = networks[which] ?? deep
    const objective = sum(
      content(['top'], target, { mask }),
      components(['top'], target, { count: 2 }),
      style(['top'], painting),
      covariance(['top'], painting, { mask }),
      moments(['top'], painting),
      totalVariation({ weight: 1e-5 }),
    )
    const [ours, theirs] = await Promise.all(
      ['onnx', 'tfjs'].map(async (name) => {
        await using evaluator = await compile(engines[name]!, network, objective, size)
        return await evaluator.evaluate(canvas.data)
      }),
    )
    expect(Math.abs(ours!.loss / theirs!.loss - 1)).toBeLessThan(1e-4)
    expect(distance(ours!.gradient, theirs!.gradient)).toBeLessThan(1e-4)
    for (const [label, loss] of Object.entries(ours!.terms)) {
      expect({ label, near: Math.abs(loss / theirs!.terms[label]! - 1) < 1e-4 }).toEqual({ label, near: true })
    }
  })
})

/** The largest difference, relative, between the slope along directions of chance and what the losses say. */
async function gradientError(engine: Engine, network: Network, objective: Objective, edges: Edges = 'zero') {
  await using evaluator = await compile(engine, network, objective, size, { edges })
  const { gradient } = await evaluator.evaluate(canvas.data)
  const random = createRandom(11)
  let worst = 0
  for (let trial = 0; trial < 3; trial++) {
    // Along the gradient's own signs, some of them left out by chance: the slope is far from zero, so single precision shows it.
    const direction = gradient.map((slope) => (random.uniform() < 0.8 ? Math.sign(slope) : 0))
    const promised = direction.reduce((all, step, i) => all + step * gradient[i]!, 0)
    const at = (length: number) => evaluator.evaluate(canvas.data.map((value, i) => value + length * direction[i]!))
    const [after, before] = [await at(STEP), await at(-STEP)]
    const error = Math.abs((after.loss - before.loss) / (2 * STEP) / promised - 1)
    worst = Number.isNaN(error) ? Infinity : Math.max(worst, error)
  }
  return worst
}

function distance(a: Float32Array, b: Float32Array): number {
  let difference = 0
  let whole = 0
  for (let i = 0; i < a.length; i++) {
    difference += (a[i]! - b[i]!) ** 2
    whole += a[i]! ** 2
  }
  return Math.sqrt(difference / whole)
}

/** In units of a pixel's value: small against the kinks of rectifiers, large against rounding. */
const STEP = 0.05
