import { execFile } from 'node:child_process'
import { arch, cpus, platform, release, totalmem } from 'node:os'
import { promisify } from 'node:util'
import type { Provenance } from '../journal/schema.ts'

type WorkerFacts = Pick<Provenance, 'node' | 'platform' | 'cpu' | 'memoryBytes' | 'gpu' | 'host'>

const NVIDIA = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader,nounits']
const NVIDIA_MS = 3000

let known: Promise<WorkerFacts> | undefined

/** The machine that a notebook is written on, asked once per process. */
export function workerFacts(env: NodeJS.ProcessEnv = process.env): Promise<WorkerFacts> {
  known ??= find(env)
  return known
}

async function find(env: NodeJS.ProcessEnv): Promise<WorkerFacts> {
  const cpu = cpus()[0]?.model.trim()
  const gpu = await findGpus()
  const host = parseHost(env['VITEST_EC2_INSTANCE'])
  return {
    node: process.version,
    platform: `${platform()} ${release()} ${arch()}`,
    ...(cpu && { cpu: `${cpus().length} × ${cpu}` }),
    memoryBytes: totalmem(),
    ...(gpu && { gpu }),
    ...(host && { host }),
  }
}

async function findGpus(): Promise<Provenance['gpu']> {
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', NVIDIA, { timeout: NVIDIA_MS })
    const lines = stdout.split('\n').filter((line) => line.includes(','))
    return lines.map((line) => {
      const [name = '', memory, driver] = line.split(',').map((part) => part.trim())
      const memoryMiB = Number(memory)
      return { name, ...(memoryMiB > 0 && { memoryMiB }), ...(driver && { driver }) }
    })
  } catch {
    return undefined // no GPU of that make
  }
}

/** What the pool says of the host. */
function parseHost(text: string | undefined): Provenance['host'] {
  if (text === undefined) return undefined
  try {
    const { id, type, market, region, usdPerHour } = JSON.parse(text) as Record<string, unknown>
    if (typeof id !== 'string') return undefined
    return {
      id,
      ...(typeof type === 'string' && { type }),
      ...(typeof market === 'string' && { market }),
      ...(typeof region === 'string' && { region }),
      ...(typeof usdPerHour === 'number' && { usdPerHour }),
    }
  } catch {
    return undefined
  }
}
