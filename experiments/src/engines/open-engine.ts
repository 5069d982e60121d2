import type { Engine } from './engine.ts'
import { createOnnxEngine } from './onnx/engine.ts'
import { createTfjsEngine } from './tfjs/engine.ts'

export interface OpenEngine {
  readonly engine: Engine
  /** why this one, as a sentence */
  readonly reason: string
}

/**
 * Opens an engine by name. `'auto'` takes TensorFlow.js where its GPU backend is installed, ONNX Runtime elsewhere, and TensorFlow.js
 * on WebAssembly where neither native library loads.
 *
 * @throws when the engine that was asked for by name does not load on this machine
 */
export async function openEngine(name: 'auto' | 'onnx' | 'tfjs'): Promise<OpenEngine> {
  if (name === 'onnx') return { engine: await createOnnxEngine(), reason: 'It was asked for.' }
  if (name === 'tfjs') return { engine: await createTfjsEngine(), reason: 'It was asked for.' }
  let why = 'There is no GPU'
  if (process.env['CUDA_VISIBLE_DEVICES']) {
    const engine = await createTfjsEngine()
    if (engine.device.endsWith(', GPU')) return { engine, reason: 'There is a GPU, and its backend is installed.' }
    why = `There may be a GPU, but no backend for it: TensorFlow.js would run on ${engine.device}`
  }
  try {
    return { engine: await createOnnxEngine(), reason: `${why}; ONNX Runtime is the fastest on a CPU.` }
  } catch (error) {
    const reason = `ONNX Runtime does not load here: ${(error as Error).message}`
    return { engine: await createTfjsEngine(), reason }
  }
}
