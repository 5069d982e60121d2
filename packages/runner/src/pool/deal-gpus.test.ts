import { expect, it } from 'vitest'
import { dealGpus } from './deal-gpus.ts'

it.each([
  [1, ['0,1,2,3']],
  [2, ['0,1', '2,3']],
  [3, ['0', '1', '2']],
  [4, ['0', '1', '2', '3']],
  [8, ['0', '1', '2', '3']],
])('deals four GPUs to %i workers', (workers, dealt) => {
  expect(dealGpus(['0', '1', '2', '3'], workers)).toEqual(dealt)
})
