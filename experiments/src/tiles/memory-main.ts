/**
 * For tests: follows a recipe for a few steps in a process of its own, and writes to standard output, as JSON, how many bytes were estimated and
 * by how many the process grew.
 *
 *     node memory-main.ts ENGINE NETWORK RECIPE SIDE TILE
 */
import { createOnnxEngine } from '../engines/onnx/engine.ts'
import { createTfjsEngine } from '../engines/tfjs/engine.ts'
import { loadNetwork } from '../networks/registry.ts'
import { plasma } from '../pictures/plasma.ts'
import { dream } from '../recipes/dream.ts'
import { styleTransfer } from '../recipes/style-transfer.ts'
import { CanvasTooLargeError } from './memory.ts'

const STEPS = 3
const [engineName, networkName, recipe, side, tile] = process.argv.slice(2) as [string, string, string, string, string]
const network = await loadNetwork(networkName)
const engine = engineName === 'onnx' ? await createOnnxEngine({ threads: 2 }) : await createTfjsEngine()
const size = { width: Number(side), height: Number(side) }
const photograph = plasma(size, { seed: 1 })
const painting = plasma(size, { seed: 2 })

const stepsOf = () =>
  recipe === 'dream'
    ? dream(network, { photograph, octaves: 1, steps: STEPS, tile: Number(tile) }, { engine })
    : styleTransfer(network, { photograph, painting, scales: 1, steps: STEPS, tile: Number(tile) }, { engine })

const needed = await estimate()
const before = process.memoryUsage.rss()
for await (const _ of stepsOf());
const { maxRSS } = process.resourceUsage()
process.stdout.write(JSON.stringify({ needed, grown: maxRSS * 1024 - before }))

/** What a canvas is refused with, where there is no memory at all. */
async function estimate(): Promise<number> {
  const availableMemory = process.availableMemory.bind(process)
  process.availableMemory = () => 0
  try {
    await stepsOf().next()
  } catch (error) {
    if (error instanceof CanvasTooLargeError) return error.needed
    throw error
  } finally {
    process.availableMemory = availableMemory
  }
  throw new Error('The recipe was not refused')
}
