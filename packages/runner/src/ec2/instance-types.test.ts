import { expect, it } from 'vitest'
import { chooseTypes } from './instance-types.ts'

const names = (spec: Parameters<typeof chooseTypes>[0]) => chooseTypes(spec).map(({ name }) => name)

it('takes the cheapest with any one GPU first', () => {
  expect(names({})).toEqual(['g4dn.xlarge', 'g6.xlarge', 'g5.xlarge', 'g6e.xlarge'])
})

it('takes the GPU that is named, in the fewest that can be had', () => {
  expect(names({ gpu: 'A10G' })).toEqual(['g5.xlarge', 'g5.2xlarge'])
  expect(names({ gpu: 'H100' })).toEqual(['p5.4xlarge'])
  expect(names({ gpu: 'A100' })).toEqual(['p4d.24xlarge', 'p4de.24xlarge'])
})

it('takes types with at least as many GPUs as are asked for, cheapest first', () => {
  const chosen = chooseTypes({ gpu: 2 })
  expect(chosen.map(({ name }) => name)).toEqual(['g4dn.12xlarge', 'g6.12xlarge', 'g5.12xlarge', 'g4dn.metal'])
  expect(chosen.every(({ known }) => known!.gpus >= 2)).toBe(true)
})

it('takes types without a GPU where none is asked for', () => {
  expect(chooseTypes({ gpu: 0 }).every(({ known }) => known!.gpus === 0)).toBe(true)
})

it('keeps the order of types that are named, known or not', () => {
  expect(chooseTypes({ instanceTypes: ['x9.huge', 'g5.xlarge'] })).toEqual([
    { name: 'x9.huge' },
    { name: 'g5.xlarge', known: expect.objectContaining({ vcpus: 4, gpu: 'A10G' }) },
  ])
})

it('refuses more GPUs than any type has', () => {
  expect(() => chooseTypes({ gpu: 16 })).toThrow('No instance type has 16 GPUs')
})
