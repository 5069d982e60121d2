import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Network } from '../experiments/src/networks/network.ts'
import type { Picture } from '../experiments/src/pictures/picture.ts'

/** PyTorch in a process of its own, which holds the same network, canvas and painting. */
export interface TorchPeer extends AsyncDisposable {
  prepare(network: Network, layers: readonly string[], canvas: Picture, painting: Picture): Promise<{ loss: number }>
  /** one evaluation of loss and gradient, timed by itself */
  step(): Promise<{ seconds: number; loss: number }>
}

/** What is missing for PyTorch to start, and how it is had; nothing where it would. */
export async function missingTorch(): Promise<string | undefined> {
  const python = pythonOfBench()
  const error = await promisify(execFile)(python, ['-c', 'import torch']).then(
    () => undefined,
    (thrown: Error) => thrown.message.trim().split('\n').at(-1),
  )
  return (
    error &&
    `${python} has no torch (${error}). Name a Python that has it in BENCH_PYTHON, as made by: ` +
      'python3 -m venv venv && venv/bin/pip install torch numpy'
  )
}

/** Starts PyTorch: the Python that `BENCH_PYTHON` names, or `python3`. */
export async function startTorch(threads: number): Promise<TorchPeer> {
  const script = fileURLToPath(new URL('art_pytorch.py', import.meta.url))
  const child = spawn(pythonOfBench(), [script, String(threads)], { stdio: ['pipe', 'pipe', 'pipe'] })
  const folder = await mkdtemp(join(tmpdir(), 'bench-art-'))
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let trouble = ''
  child.stderr.on('data', (chunk) => (trouble += String(chunk)))
  child.stdin.on('error', () => {})
  child.on('error', (error) => (trouble += error.message))

  async function ask<T>(command: object): Promise<T> {
    child.stdin.write(`${JSON.stringify(command)}\n`)
    const { value, done } = (await answers.next()) as IteratorResult<string>
    if (!done) return JSON.parse(value) as T
    throw new Error(`PyTorch did not answer: ${trouble.trim().split('\n').at(-1)}`)
  }

  async function store(name: string, { data }: Picture): Promise<string> {
    const path = join(folder, name)
    await writeFile(path, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    return path
  }

  /** As safetensors, which PyTorch's side reads. */
  async function storeNetwork({ name, layers }: Network): Promise<string> {
    const tensors = layers
      .filter((layer) => layer.kind === 'convolution')
      .flatMap(({ name: layer, weight, bias, shape }) => [
        { name: `${layer}.weight`, values: weight, shape },
        { name: `${layer}.bias`, values: bias, shape: [bias.length] },
      ])
    let end = 0
    const header = tensors.map(({ name: tensor, values, shape }) => {
      const start = end
      end += values.byteLength
      return [tensor, { dtype: 'F32', shape, data_offsets: [start, end] }]
    })
    const head = Buffer.from(JSON.stringify(Object.fromEntries(header)))
    const length = Buffer.alloc(8)
    length.writeUInt32LE(head.length)
    const path = join(folder, name)
    const data = tensors.map(({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    await writeFile(path, Buffer.concat([length, head, ...data]))
    return path
  }

  return {
    async prepare(network, layers, canvas, painting) {
      const { mean, scale } = network.normalization
      const prepare = {
        network: await storeNetwork(network),
        mean,
        scale,
        layers,
        canvas: await store('canvas', canvas),
        size: [canvas.width, canvas.height],
        painting: await store('painting', painting),
        paintingSize: [painting.width, painting.height],
      }
      return ask({ prepare })
    },
    step: () => ask({ step: 1 }),
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function pythonOfBench(): string {
  return process.env['BENCH_PYTHON'] || 'python3'
}
