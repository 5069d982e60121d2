import type { Engine } from './engine.ts'
import { createOnnxEngine } from './onnx/engine.ts'

export interface OpenEngine {
  readonly engine: Engine
  /** why this one, as a sentence */
  readonly reason: string
}

/** Opens an engine by name. */
export async function openEngine(name: 'auto' | 'onnx'): Promise<OpenEngine> {
  const reason = name === 'auto' ? 'It is the fastest on a CPU.' : 'It was asked for.'
  return { engine: await createOnnxEngine(), reason }
}
