import { expect, onTestFinished, test, vi } from 'vitest'
import { openEngine } from './open-engine.ts'

test('without a GPU, ONNX Runtime is taken, and the report says why', async () => {
  visible('')
  const { engine, reason } = await openEngine('auto')
  expect(engine.name).toBe('onnx')
  expect(reason).toBe('There is no GPU; ONNX Runtime is the fastest on a CPU.')
})

test('where a GPU is said to be but has no backend, the report says what there is instead', async () => {
  visible('0')
  const { engine, reason } = await openEngine('auto')
  expect(engine.name).toBe('onnx')
  expect(reason).toMatch(
    /^There may be a GPU, but no backend for it: TensorFlow\.js would run on @tensorflow\/tfjs-.*, CPU/,
  )
})

test.for(['onnx', 'tfjs'] as const)('%s is taken where it is asked for', async (name) => {
  const { engine, reason } = await openEngine(name)
  expect({ name: engine.name, reason }).toEqual({ name, reason: 'It was asked for.' })
})

function visible(devices: string): void {
  vi.stubEnv('CUDA_VISIBLE_DEVICES', devices)
  onTestFinished(() => void vi.unstubAllEnvs())
}
