import { createOnnxEngine } from '../experiments/src/engines/onnx/engine.ts'
import { createTfjsEngine } from '../experiments/src/engines/tfjs/engine.ts'
import { compile } from '../experiments/src/evaluator.ts'
import { withAveragePooling } from '../experiments/src/networks/network.ts'
import { loadNetwork } from '../experiments/src/networks/registry.ts'
import { style } from '../experiments/src/objectives/terms.ts'
import { readPicture } from '../experiments/src/pictures/files.ts'
import { noise } from '../experiments/src/pictures/noise.ts'
import { missingTorch, startTorch } from './art-peer.ts'
import { inTurn, type Bench, type Row } from './measure.ts'

/** More would measure how each library's threads wait for one another on a machine that does other things too. */
const THREADS = 1

const bench: Bench = {
  title: 'One step of the art: the style loss of the default network, and its gradient',
  peer: 'PyTorch',
  note: 'On the CPU, one thread each, 32-bit floats. PyTorch computes the same loss from the same weights, canvas and painting; the bench fails where the losses differ by more than a thousandth.',
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
}
