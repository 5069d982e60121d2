// Szegedy et al. 2014, "Going deeper with convolutions": the network that Deep Dream was shown with, as Google published it in 2015.
import type { FilesEntry } from './entry.ts'
import { numberOf, readGraph, tensorOf } from './formats/graph-def.ts'
import type { GraphNode } from './formats/graph-def.ts'
import { fromHwio } from './formats/kernel.ts'
import { readZipped } from './formats/zip.ts'
import { inceptionModule, MODULE_PARTS } from './inception-module.ts'
import type { Convolution, Layer, LocalResponseNormalization } from './network.ts'

/** Layers are called as in the graph: `mixed3a` is the paper's inception (3a), `mixed3a_3x3` its branch of 3 x 3. */
export const inceptionV1: FilesEntry = {
  name: 'inception-v1',
  license: 'Apache-2.0',
  url: 'https://storage.googleapis.com/download.tensorflow.org/models/inception5h.zip',
  files: [
    {
      name: 'inception5h.zip',
      path: '',
      sha256: 'd13569f6a98159de37e92e9c8ec4dae8f674fbf475f69fe6199b514f756d4364',
    },
  ],
  normalization: { order: 'rgb', mean: [117, 117, 117], scale: [1, 1, 1] },
  taste: {
    style: ['conv2d0', 'localresponsenorm1', 'mixed3a', 'mixed3b'],
    content: ['mixed3b'],
    dream: ['mixed4c', 'mixed4d'],
  },
  build: ([zip]) => inceptionLayers(readZipped(zip!, 'tensorflow_inception_graph.pb')),
}

/** The layers of its TensorFlow graph. */
export function inceptionLayers(graph: Uint8Array): readonly Layer[] {
  const nodes = readGraph(graph)
  const layers: Layer[] = []
  let last = 'input'
  const add = (...added: Layer[]) => {
    layers.push(...added)
    last = added.at(-1)!.name
  }
  const halve = (name: string) =>
    add({ kind: 'pooling', name, input: last, method: 'maximum', size: 3, stride: 2, padding: 'same' })

  add({ ...convolution(nodes, 'conv2d0', 2), name: 'conv2d0', input: last })
  halve('maxpool0')
  add(normalization(nodes, 'localresponsenorm0', last))
  add({ ...convolution(nodes, 'conv2d1'), name: 'conv2d1', input: last })
  add({ ...convolution(nodes, 'conv2d2'), name: 'conv2d2', input: last })
  add(normalization(nodes, 'localresponsenorm1', last))
  halve('maxpool1')
  for (const name of MODULES) {
    if (name === 'mixed4a') halve('maxpool4')
    if (name === 'mixed5a') halve('maxpool10')
    const parts = MODULE_PARTS.map((part) => [part, convolution(nodes, `${name}_${part}`)])
    add(...inceptionModule(name, last, Object.fromEntries(parts) as Parameters<typeof inceptionModule>[2]))
  }
  return layers
}

function convolution(
  nodes: ReadonlyMap<string, GraphNode>,
  name: string,
  stride = 1,
): Omit<Convolution, 'name' | 'input'> {
  const bias = tensorOf(nodes, `${name}_b`).values
  return { kind: 'convolution', ...fromHwio(tensorOf(nodes, `${name}_w`)), bias, stride, padding: 'same', slope: 0 }
}

/** Its numbers are read from the graph, with TensorFlow's own defaults. */
function normalization(nodes: ReadonlyMap<string, GraphNode>, name: string, input: string): LocalResponseNormalization {
  const read = (attribute: string, otherwise: number) => numberOf(nodes, name, attribute) ?? otherwise
  return {
    kind: 'localResponseNormalization',
    name,
    input,
    radius: read('depth_radius', 5),
    bias: read('bias', 1),
    alpha: read('alpha', 1),
    beta: read('beta', 0.5),
  }
}

const MODULES = ['3a', '3b', '4a', '4b', '4c', '4d', '4e', '5a', '5b'].map((module) => `mixed${module}`)
