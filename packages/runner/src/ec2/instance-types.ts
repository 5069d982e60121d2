import { Ec2Error } from '../errors.ts'
import type { InstanceSpec } from '../options.ts'

/** What the launcher knows of an instance type without asking. Prices: us-east-1, on demand, USD an hour. */
export interface InstanceType {
  name: string
  vcpus: number
  gpus: number
  gpu?: string
  usdPerHour?: number
}

/** The day on which the built-in prices were right; they stand in only where the Pricing API may not be asked. */
export const PRICES_FROM = '2026-09-25'

// Cheapest first within a GPU, smallest first within a family. x86_64 only: many packages have no GPU build for Graviton, which has to be asked for by type.
const GPU_TYPES: readonly InstanceType[] = [
  { name: 'g4dn.xlarge', vcpus: 4, gpus: 1, gpu: 'T4', usdPerHour: 0.526 },
  { name: 'g4dn.2xlarge', vcpus: 8, gpus: 1, gpu: 'T4', usdPerHour: 0.752 },
  { name: 'g6.xlarge', vcpus: 4, gpus: 1, gpu: 'L4', usdPerHour: 0.8048 },
  { name: 'g6.2xlarge', vcpus: 8, gpus: 1, gpu: 'L4', usdPerHour: 0.9776 },
  { name: 'g5.xlarge', vcpus: 4, gpus: 1, gpu: 'A10G', usdPerHour: 1.006 },
  { name: 'g5.2xlarge', vcpus: 8, gpus: 1, gpu: 'A10G', usdPerHour: 1.212 },
  { name: 'g6e.xlarge', vcpus: 4, gpus: 1, gpu: 'L40S', usdPerHour: 1.861 },
  { name: 'g6e.2xlarge', vcpus: 8, gpus: 1, gpu: 'L40S', usdPerHour: 2.242 },
  { name: 'g4dn.12xlarge', vcpus: 48, gpus: 4, gpu: 'T4', usdPerHour: 3.912 },
  { name: 'g6.12xlarge', vcpus: 48, gpus: 4, gpu: 'L4', usdPerHour: 4.602 },
  { name: 'g5.12xlarge', vcpus: 48, gpus: 4, gpu: 'A10G', usdPerHour: 5.672 },
  { name: 'p5.4xlarge', vcpus: 16, gpus: 1, gpu: 'H100', usdPerHour: 6.88 },
  { name: 'g4dn.metal', vcpus: 96, gpus: 8, gpu: 'T4', usdPerHour: 7.824 },
  { name: 'g6e.12xlarge', vcpus: 48, gpus: 4, gpu: 'L40S', usdPerHour: 10.493 },
  { name: 'g6.48xlarge', vcpus: 192, gpus: 8, gpu: 'L4', usdPerHour: 13.35 },
  { name: 'g5.48xlarge', vcpus: 192, gpus: 8, gpu: 'A10G', usdPerHour: 16.288 },
  { name: 'p4d.24xlarge', vcpus: 96, gpus: 8, gpu: 'A100', usdPerHour: 21.957642 },
  { name: 'p4de.24xlarge', vcpus: 96, gpus: 8, gpu: 'A100', usdPerHour: 27.44705 },
  { name: 'g6e.48xlarge', vcpus: 192, gpus: 8, gpu: 'L40S', usdPerHour: 30.131 },
  { name: 'p5.48xlarge', vcpus: 192, gpus: 8, gpu: 'H100', usdPerHour: 55.04 },
]

const CPU_TYPES: readonly InstanceType[] = [
  { name: 'c7i.xlarge', vcpus: 4, gpus: 0, usdPerHour: 0.1785 },
  { name: 'm6a.xlarge', vcpus: 4, gpus: 0, usdPerHour: 0.1728 },
  { name: 'm6i.xlarge', vcpus: 4, gpus: 0, usdPerHour: 0.192 },
  { name: 'm7i.xlarge', vcpus: 4, gpus: 0, usdPerHour: 0.2016 },
]

/** More than this many types do not make a launch likelier, only its error longer. */
const MAX_TYPES = 4

/** The types that suit a spec, in the order in which they are wanted. A type that is not in the table has no size yet. */
export function chooseTypes(spec: InstanceSpec): { name: string; known?: InstanceType }[] {
  if (spec.instanceTypes) return spec.instanceTypes.map((name) => ({ name, ...knownAs(name) }))
  const { gpu = 1 } = spec
  const fitting = gpu === 0 ? CPU_TYPES : GPU_TYPES.filter((type) => fits(type, gpu))
  if (fitting.length === 0) {
    throw new Ec2Error('EC2_OPTIONS', `No instance type has ${gpu} GPUs: the largest have 8`, {
      fix: 'Ask for fewer, or name types in `instanceTypes`.',
    })
  }
  return fitting.slice(0, MAX_TYPES).map((known) => ({ name: known.name, known }))
}

export function knownType(name: string): InstanceType | undefined {
  return [...GPU_TYPES, ...CPU_TYPES].find((type) => type.name === name)
}

function knownAs(name: string): { known?: InstanceType } {
  const known = knownType(name)
  return known ? { known } : {}
}

/** A number means any GPU, but never a kind of which one costs more than a G instance does, nor more GPUs than needed. */
function fits(type: InstanceType, gpu: Exclude<InstanceSpec['gpu'], undefined>): boolean {
  if (typeof gpu === 'string') return type.gpu === gpu && type.gpus === fewestOf(gpu)
  if (gpu === 1) return type.gpus === 1 && type.name.startsWith('g') && type.name.endsWith('.xlarge')
  return type.gpus >= gpu
}

/** Some kinds of GPU are only to be had eight at a time. */
function fewestOf(gpu: string): number {
  return Math.min(...GPU_TYPES.filter((type) => type.gpu === gpu).map(({ gpus }) => gpus))
}
