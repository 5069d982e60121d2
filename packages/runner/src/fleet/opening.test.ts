import { expect, it } from 'vitest'
import { describeOpening, type Opening } from './opening.ts'

const opening: Opening = {
  demand: '2 files need',
  spec: {},
  plan: { summary: 'g4dn.xlarge spot us-east-1', slots: 1, gpus: 1, usdPerHour: 0.2 },
  warm: undefined,
  hosts: 1,
  maxAgeMs: 4 * 3_600_000,
  budget: undefined,
}

it.each<[string, Partial<Opening>]>([
  ['2 files need one GPU · g4dn.xlarge spot us-east-1 ≈ $0.20/h, at most 4 h (≈ $0.80)', {}],
  ['2 files need one GPU · 2 × g4dn.xlarge spot us-east-1 ≈ $0.20/h each, at most 4 h (≈ $1.60)', { hosts: 2 }],
  ['2 files need one GPU · g4dn.xlarge spot us-east-1 ≈ $0.20/h, at most $0.50, the budget', { budget: 0.5 }],
  ['2 files need one GPU · g4dn.xlarge spot us-east-1 ≈ $0.20/h, at most 4 h (≈ $0.80)', { budget: 5 }],
  [
    '1 file needs one GPU · i-0abc, left warm: g4dn.xlarge spot us-east-1b ≈ $0.18/h',
    { demand: '1 file needs', warm: { id: 'i-0abc', description: 'g4dn.xlarge spot us-east-1b', usdPerHour: 0.18 } },
  ],
  [
    '2 files need 4 GPUs · p9.large on-demand us-east-1, at most 90 min',
    {
      spec: { gpu: 4 },
      maxAgeMs: 90 * 60_000,
      plan: { ...opening.plan, summary: 'p9.large on-demand us-east-1', usdPerHour: undefined },
    },
  ],
  ['2 files need one L4 · g4dn.xlarge spot us-east-1 ≈ $0.20/h, at most 4 h (≈ $0.80)', { spec: { gpu: 'L4' } }],
  ['2 files need a host · g4dn.xlarge spot us-east-1 ≈ $0.20/h, at most 4 h (≈ $0.80)', { spec: { gpu: 0 } }],
])('%s', (line, change) => {
  expect(describeOpening({ ...opening, ...change })).toBe(line)
})
