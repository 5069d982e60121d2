import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../engines/engine.ts'
import { createOnnxEngine } from '../engines/onnx/engine.ts'
import { bytes, float, integer, message } from '../engines/onnx/protobuf.ts'
import { createTfjsEngine } from '../engines/tfjs/engine.ts'
import { chance, chanceWeights } from './fixtures/chance.ts'
import { numberOf, readGraph, tensorOf } from './formats/graph-def.ts'
import { readSafetensors, toFloats } from './formats/safetensors.ts'
import { readZipped } from './formats/zip.ts'
import { inceptionLayers, inceptionV1 } from './inception-v1.ts'
import type { Network } from './network.ts'
import { vgg16, vgg19 } from './vgg.ts'

interface Reference {
  readonly width: number
  readonly height: number
  readonly networks: Record<string, { tensors: Record<string, number[]>; layers: Record<string, Described> }>
}

/** A layer's features: their mean and root mean square, and some of them. */
interface Described {
  readonly size: readonly number[]
  readonly mean: number
  readonly rms: number
  readonly places: readonly number[]
  readonly values: readonly number[]
}

let reference: Reference
const engines: Record<string, Engine> = {}
beforeAll(async () => {
  reference = JSON.parse(new TextDecoder().decode(await readFixture('reference.json'))) as Reference
  engines['onnx'] = await createOnnxEngine({ threads: 2 })
  engines['tfjs'] = await createTfjsEngine()
})

describe.for(['vgg16', 'vgg19', 'inception-v1'])('each layer of %s is what PyTorch computes', (name) => {
  test.for(['onnx', 'tfjs'])('on %s', async (engine) => {
    const { layers, tensors } = reference.networks[name]!
    const network = build(name, tensors)
    const { width, height } = reference
    const picture = {
      width,
      height,
      channels: 3 as const,
      data: chance(99, width * height * 3).map((value) => (value + 1) * 127.5),
    }
    const probes = Object.keys(layers).map((layer) => ({ layer, statistic: 'features' as const }))
    const features = await engines[engine]!.measure(network, picture, probes, 'zero')
    for (const [i, [layer, expected]] of Object.entries(layers).entries()) {
      expect({ layer, error: errorOf(features[i]!, expected) < 1e-4 }).toEqual({ layer, error: true })
    }
  })
})

test('a graph that protobuf wrote, in an archive of Python, is read', async () => {
  const nodes = readGraph(readZipped(await readFixture('graph.zip'), 'graph.pb'))
  expect(tensorOf(nodes, 'conv2d0_w')).toEqual({ shape: [2, 1, 3, 2], values: chance(1, 12) })
  expect(tensorOf(nodes, 'conv2d0_b')).toEqual({ shape: [2], values: chance(2, 2) })
  expect(numberOf(nodes, 'norm', 'depth_radius')).toBe(5)
  expect(numberOf(nodes, 'norm', 'alpha')).toBeCloseTo(1e-4, 9)
  expect(numberOf(nodes, 'norm', 'beta')).toBeUndefined()
  expect(() => tensorOf(nodes, 'conv2d1_w')).toThrow('no constant conv2d1_w')
})

test('an archive without the file, and something else than an archive, are refused', async () => {
  const archive = await readFixture('graph.zip')
  expect(() => readZipped(archive, 'other.pb')).toThrow('The archive has no other.pb')
  expect(() => readZipped(archive.subarray(0, 100), 'graph.pb')).toThrow('no ZIP archive')
})

test('tensors that safetensors wrote are read', async () => {
  const tensors = readSafetensors(await readFixture('tensors.safetensors'))
  expect(tensors.get('a')!.shape).toEqual([2, 2])
  expect(toFloats(tensors.get('a')!)).toEqual(chance(3, 4))
  expect(toFloats(tensors.get('b')!)).toEqual(chance(4, 3))
})

/** The network with the weights that make_reference.py gave it. */
function build(name: string, shapes: Record<string, number[]>): Network {
  const weights = chanceWeights(shapes)
  if (name === 'inception-v1') {
    return { ...inceptionV1, source: 'chance', layers: inceptionLayers(toGraph(shapes, weights)) }
  }
  const tensors = Object.entries(shapes).map(([tensor, shape]) => {
    const { buffer } = weights.get(tensor)!
    return [tensor, { dtype: 'F32', shape, bytes: new Uint8Array(buffer as ArrayBuffer) }] as const
  })
  const entry = { vgg16, vgg19 }[name]!
  return { ...entry, source: 'chance', layers: entry.build(new Map(tensors)) }
}

/** A TensorFlow graph of these constants, kernels with the outputs last, and of the two normalisations. */
function toGraph(shapes: Record<string, number[]>, weights: ReadonlyMap<string, Float32Array>): Uint8Array {
  const attribute = (key: string, value: Uint8Array) => bytes(5, message(bytes(1, key), bytes(2, value)))
  const constants = Object.entries(shapes).map(([name, shape]) => {
    const kernel = shape.length === 4
    const values = kernel ? toHwio(weights.get(name)!, shape) : weights.get(name)!
    const sizes = kernel ? [shape[2]!, shape[3]!, shape[1]!, shape[0]!] : shape
    const dimensions = message(sizes.map((size) => bytes(2, integer(1, size))))
    const tensor = message(integer(1, 1), bytes(2, dimensions), bytes(4, new Uint8Array(values.buffer as ArrayBuffer)))
    return bytes(1, message(bytes(1, name), attribute('value', bytes(8, tensor))))
  })
  const norms = ['localresponsenorm0', 'localresponsenorm1'].map((name) =>
    bytes(1, message(bytes(1, name), attribute('depth_radius', integer(3, 5)), attribute('alpha', float(4, 1e-4)))),
  )
  return message(constants, norms)
}

function toHwio(values: Float32Array, [outputs, inputs, height, width]: readonly number[]): Float32Array {
  const area = height! * width!
  return Float32Array.from({ length: values.length }, (_, k) => {
    const output = k % outputs!
    const input = Math.floor(k / outputs!) % inputs!
    return values[(output * inputs! + input) * area + Math.floor(k / (outputs! * inputs!))]!
  })
}

/** The largest difference of the figures, in units of the layer's root mean square; infinite where sizes differ. */
function errorOf(features: Float32Array, { size, mean, rms, places, values }: Described): number {
  if (features.length !== size.reduce((a, b) => a * b, 1)) return Infinity
  const found = {
    mean: features.reduce((sum, value) => sum + value, 0) / features.length,
    rms: Math.sqrt(features.reduce((sum, value) => sum + value ** 2, 0) / features.length),
  }
  const each = places.map((place, i) => features[place]! - values[i]!)
  return Math.max(...[found.mean - mean, found.rms - rms, ...each].map(Math.abs)) / rms
}

async function readFixture(name: string): Promise<Uint8Array> {
  return Uint8Array.from(await readFile(new URL(`fixtures/${name}`, import.meta.url)))
}
