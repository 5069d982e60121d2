import { createRequire } from 'node:module'
import util from 'node:util'
import type * as tensorflow from '@tensorflow/tfjs'

export type Tf = typeof tensorflow

export interface Backend {
  readonly tf: Tf
  /** `@tensorflow/tfjs-node-gpu 4.22.0, GPU` */
  readonly device: string
  /** whether gradients of pooling have to be ours: WebAssembly's give windows of negative numbers to the wrong pixel */
  readonly portable: boolean
}

/**
 * Loads TensorFlow.js on the fastest backend that is installed: the GPU's, the CPU's native one, WebAssembly. The native ones are no
 * dependencies, because their installation downloads libraries that most readers of this project do not need: docs/art says how.
 */
export async function loadBackend(): Promise<Backend> {
  for (const [name, unit] of NATIVE) {
    const tf = loadNative(name)
    if (tf) return { tf, device: `${name} ${tf.version['tfjs']}, ${unit}`, portable: false }
  }
  const tf = require('@tensorflow/tfjs') as Tf
  require('@tensorflow/tfjs-backend-wasm')
  await tf.setBackend('wasm')
  await tf.ready()
  return { tf, device: `@tensorflow/tfjs-backend-wasm ${tf.version['tfjs']}, CPU`, portable: true }
}

function loadNative(name: string): Tf | undefined {
  try {
    // tfjs-node 4.22 calls a function that Node 24 no longer has (tensorflow/tfjs#8609).
    const legacy = util as unknown as { isNullOrUndefined?: (value: unknown) => boolean }
    legacy.isNullOrUndefined ??= (value) => value === null || value === undefined
    return require(name) as Tf
  } catch {
    return undefined
  }
}

const require = createRequire(import.meta.url)
const NATIVE = [
  ['@tensorflow/tfjs-node-gpu', 'GPU'],
  ['@tensorflow/tfjs-node', 'CPU'],
] as const
