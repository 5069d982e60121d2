import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createOnnxEngine } from '../../experiments/src/engines/onnx/engine.ts'
import { compile } from '../../experiments/src/evaluator.ts'
import { withAveragePooling } from '../../experiments/src/networks/network.ts'
import { loadNetwork } from '../../experiments/src/networks/registry.ts'
import { sum } from '../../experiments/src/objectives/objective.ts'
import { content, style, totalVariation } from '../../experiments/src/objectives/terms.ts'
import { lbfgs } from '../../experiments/src/optimizers/lbfgs.ts'
import { toPicture } from '../../experiments/src/pictures/picture.ts'
import type { Picture } from '../../experiments/src/pictures/picture.ts'

export interface Task {
  readonly start: Picture
  readonly style: Picture
  readonly content?: { readonly picture: Picture; readonly weight: number }
  readonly smoothness: number
  /** how often loss and gradient may be computed */
  readonly evaluations: number
}

/** How one optimiser did. */
export interface Run {
  readonly name: string
  /** of each evaluation, in order */
  readonly losses: readonly number[]
  /** the one of the lowest loss */
  readonly canvas: Picture
}

const THREADS = 1

/**
 * Minimises one objective from one start by our L-BFGS and by PyTorch's.
 *
 * @throws when the losses of the start differ: then it is not the same objective
 */
export async function race(task: Task): Promise<Run[]> {
  const ours = [await runOurs('ours', task), await runOurs('ours, 100 remembered', task, 100)]
  const theirs = await runReference(task)
  for (const { name, losses } of theirs) {
    const ratio = losses[0]! / ours[0]!.losses[0]!
    if (Math.abs(ratio - 1) > 1e-4) throw new Error(`The start has another loss for ${name}: ${ratio} of ours`)
  }
  return [...ours, ...theirs]
}

/** @param memory How many steps it remembers; as the recipes do when left out */
async function runOurs(
  name: string,
  { start, style: painting, content: kept, smoothness, evaluations }: Task,
  memory?: number,
): Promise<Run> {
  const network = withAveragePooling(await loadNetwork('default'))
  const objective = sum(
    style(network.taste.style, painting),
    kept ? content(network.taste.content, kept.picture, { weight: kept.weight }) : { terms: [] },
    totalVariation({ weight: smoothness }),
  )
  await using evaluator = await compile(await createOnnxEngine({ threads: THREADS }), network, objective, start)
  const losses: number[] = []
  const spent = new AbortController()
  const evaluate = async (canvas: Float32Array) => {
    const evaluation = await evaluator.evaluate(canvas)
    losses.push(evaluation.loss)
    if (losses.length >= evaluations) spent.abort()
    return evaluation
  }
  const options = { steps: evaluations, signal: spent.signal, ...(memory !== undefined && { memory }) }
  let canvas = start
  try {
    for await (const step of lbfgs(evaluate, start.data, options)) {
      canvas = toPicture(step.canvas, start)
    }
  } catch (error) {
    if (!spent.signal.aborted) throw error
  }
  return { name, losses: losses.slice(0, evaluations), canvas }
}

async function runReference(task: Task): Promise<Run[]> {
  const { taste } = await loadNetwork('default')
  const folder = await mkdtemp(join(tmpdir(), 'art-reference-'))
  const store = async (name: string, { data, width, height }: Picture) => {
    const picture = join(folder, name)
    await writeFile(picture, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    return { picture, size: [width, height] }
  }
  try {
    const start = await store('start', task.start)
    const described = {
      network: fileURLToPath(new URL('../../experiments/networks/default.safetensors', import.meta.url)),
      threads: THREADS,
      start: start.picture,
      size: start.size,
      style: { layers: taste.style, ...(await store('style', task.style)) },
      ...(task.content && {
        content: {
          layers: taste.content,
          weight: task.content.weight,
          ...(await store('content', task.content.picture)),
        },
      }),
      smoothness: task.smoothness,
      evaluations: task.evaluations,
    }
    const file = join(folder, 'task.json')
    await writeFile(file, JSON.stringify(described))
    const script = fileURLToPath(new URL('reference.py', import.meta.url))
    const { stdout } = await promisify(execFile)(process.env['BENCH_PYTHON'] || 'python3', [script, file])
    const curves = Object.entries(JSON.parse(stdout) as Record<string, number[]>)
    return await Promise.all(
      curves.map(async ([way, losses]) => {
        const bytes = new Uint8Array(await readFile(join(folder, `${way}.float32`)))
        return { name: `PyTorch, ${way}`, losses, canvas: toPicture(new Float32Array(bytes.buffer), task.start) }
      }),
    )
  } finally {
    await rm(folder, { recursive: true })
  }
}
