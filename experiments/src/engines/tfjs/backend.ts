import { createRequire } from 'node:module'
import util from 'node:util'
import type * as tensorflow from '@tensorflow/tfjs'

export type Tf = typeof tensorflow

export interface Backend {
  readonly tf: Tf
  /** `@tensorflow/tfjs-node-gpu 4.22.0, GPU`, and what does not load */
  readonly device: string
  /** whether gradients of pooling have to be ours: WebAssembly's give windows of negative numbers to the wrong pixel */
  readonly portable: boolean
}

/**
 * Loads TensorFlow.js on the fastest backend that is installed: the GPU's, the CPU's native one, WebAssembly. The native ones are no
 * dependencies, because their installation downloads libraries that most readers of this project do not need: docs/art says how.
 */
export async function loadBackend(): Promise<Backend> {
  const troubles: string[] = []
  for (const name of NATIVE) {
    const { tf, trouble } = loadNative(name)
    if (trouble) troubles.push(` (${name} does not load: ${trouble})`)
    if (!tf) continue
    // The GPU's library runs on the CPU where it finds no GPU.
    const { isUsingGpuDevice } = tf.backend() as { isUsingGpuDevice?: boolean }
    const unit = isUsingGpuDevice ? 'GPU' : 'CPU'
    return { tf, device: `${name} ${tf.version['tfjs']}, ${unit}${troubles.join('')}`, portable: false }
  }
  const tf = require('@tensorflow/tfjs') as Tf
  require('@tensorflow/tfjs-backend-wasm')
  await tf.setBackend('wasm')
  await tf.ready()
  return { tf, device: `@tensorflow/tfjs-backend-wasm ${tf.version['tfjs']}, CPU${troubles.join('')}`, portable: true }
}

/** The library, or why it does not load although it is installed. */
function loadNative(name: string): { tf?: Tf; trouble?: string } {
  try {
    // tfjs-node 4.22 calls a function that Node 24 no longer has (tensorflow/tfjs#8609).
    const legacy = util as unknown as { isNullOrUndefined?: (value: unknown) => boolean }
    legacy.isNullOrUndefined ??= (value) => value === null || value === undefined
    return { tf: require(name) as Tf }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'MODULE_NOT_FOUND' && message.includes(`'${name}'`) ? {} : { trouble: message.split('\n')[0]! }
  }
}

const require = createRequire(import.meta.url)
const NATIVE = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']
