import { createOnnxEngine } from '../experiments/src/engines/onnx/engine.ts'
import { createTfjsEngine } from '../experiments/src/engines/tfjs/engine.ts'
import { compile } from '../experiments/src/evaluator.ts'
import { withAveragePooling } from '../experiments/src/networks/network.ts'
import { loadNetwork } from '../experiments/src/networks/registry.ts'
import { style } from '../experiments/src/objectives/terms.ts'
import { lbfgs } from '../experiments/src/optimizers/lbfgs.ts'
import { readPicture } from '../experiments/src/pictures/files.ts'
import { noise } from '../experiments/src/pictures/noise.ts'
import { missingTorch, startTorch } from './art-peer.ts'
import { inTurn, type Bench, type Row } from './measure.ts'

/** More would measure how each library's threads wait for one another on a machine that does other things too. */
const THREADS = 1
const CURVE_STEPS = 60

const bench: Bench = {
  title: 'One step of the art: the style loss of the default network, and its gradient',
  peer: 'PyTorch',
  note: `On the CPU, one thread each, 32-bit floats. PyTorch computes the same loss from the same weights, canvas and painting; the bench fails where the losses differ by more than a thousandth. The last row compares what is left of the loss after ${CURVE_STEPS} steps of L-BFGS from noise, ours in a box, torch's of the clamped canvas.`,
  missing: missingTorch,
  run,
}
export default bench

async function* run(): AsyncIterable<Row> {
  const network = withAveragePooling(await loadNetwork('default'))
  const layers = network.taste.style
  const painting = await readPicture(new URL('../experiments/pictures/starry-night.jpg', import.meta.url), {
    size: 384,
  })
  const onnx = await createOnnxEngine({ threads: THREADS })
  await using torch = await startTorch(THREADS)
  for (const side of [256, 512]) {
    const canvas = noise({ width: side, height: side })
    const { loss } = await torch.prepare(layers, canvas, painting)
    for (const engine of side === 256 ? [onnx, await createTfjsEngine()] : [onnx]) {
      await using evaluator = await compile(engine, network, style(layers, painting), canvas)
      const ours = await evaluator.evaluate(canvas.data)
      if (Math.abs(ours.loss / loss - 1) > 1e-3)
        throw new Error(`The losses differ: ${ours.loss} and PyTorch's ${loss}`)
      const step = async () => void (await evaluator.evaluate(canvas.data))
      const peer = async () => (await torch.step()).seconds
      yield { name: `${engine.name}, ${side} × ${side}`, ...(await inTurn(step, peer)), goal: engine === onnx ? 1 : 5 }
    }
  }
  const canvas = noise({ width: 128, height: 128 })
  await torch.prepare(layers, canvas, painting)
  await using evaluator = await compile(onnx, network, style(layers, painting), canvas)
  const search = lbfgs((pixels) => evaluator.evaluate(pixels), canvas.data, { steps: CURVE_STEPS })
  const ours = (await Array.fromAsync(search)).map(({ loss }) => loss)
  const { losses } = await torch.curve(CURVE_STEPS)
  const last = { ours: ours.at(-1)!, peer: losses.at(-1)! }
  yield { name: `loss after ${CURVE_STEPS} steps, 128 × 128`, ...last, unit: '', goal: 1.1 }
}
