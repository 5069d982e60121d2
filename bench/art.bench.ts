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
import { vggOfChance } from './vgg-of-chance.ts'

/** More would measure how each library's threads wait for one another on a machine that does other things too. */
const THREADS = 1

const bench: Bench = {
  title: 'One step of the art: the style loss of a network, and its gradient',
  peer: 'PyTorch',
  note: 'On the CPU, one thread each, 32-bit floats. PyTorch computes the same loss from the same weights, canvas and painting; those of VGG16 are chance, which takes as long; the bench fails where the losses differ by more than a thousandth.',
  missing: missingTorch,
  run,
}
export default bench

async function* run(): AsyncIterable<Row> {
  const painting = await readPicture(new URL('../experiments/pictures/starry-night.jpg', import.meta.url), {
    size: 384,
  })
  const onnx = { engine: await createOnnxEngine({ threads: THREADS }), side: 512 }
  const small = { ...onnx, network: await loadNetwork('default'), goal: 1 }
  const steps = [
    { ...small, side: 256 },
    { ...small, engine: await createTfjsEngine(), side: 256, goal: 5 },
    small,
    { ...onnx, network: vggOfChance(), goal: 0.8 },
  ]
  await using torch = await startTorch(THREADS)
  for (const { engine, side, goal, ...step } of steps) {
    const network = withAveragePooling(step.network)
    const layers = network.taste.style
    const canvas = noise({ width: side, height: side })
    const { loss } = await torch.prepare(network, layers, canvas, painting)
    await using evaluator = await compile(engine, network, style(layers, painting), canvas)
    const ours = await evaluator.evaluate(canvas.data)
    if (Math.abs(ours.loss / loss - 1) > 1e-3) throw new Error(`The losses differ: ${ours.loss} and PyTorch's ${loss}`)
    const evaluate = async () => void (await evaluator.evaluate(canvas.data))
    const peer = async () => (await torch.step()).seconds
    const name = `${network.name}, ${engine.name}, ${side} × ${side}`
    yield { name, ...(await inTurn(evaluate, peer)), goal }
  }
}
