import { expect, it } from 'vitest'
import { Ec2Error } from '../errors.ts'
import { findFatal, isGone, noCapacity, readRefusals } from './fleet-errors.ts'
import type { Survey } from './survey.ts'

const image = { id: 'ami-1', name: 'x', rootDevice: '/dev/sda1', size: 8, user: 'ubuntu' }
const places = [{ subnet: 'subnet-a', zone: 'us-east-1a', spotUsd: 0.1 }]
const survey: Survey = {
  image,
  network: { vpc: 'vpc-1', subnets: [{ id: 'subnet-a', zone: 'us-east-1a' }] },
  markets: ['spot', 'on-demand'],
  quotas: {},
  inUse: {},
  types: [
    { name: 'g5.xlarge', vcpus: 4, gpus: 1, onDemandUsd: 1, places },
    { name: 'g6.xlarge', vcpus: 4, gpus: 1, onDemandUsd: 0.8, places },
  ],
}
const refusal = (ErrorCode: string, InstanceType = 'g5.xlarge') => ({
  ErrorCode,
  ErrorMessage: 'so it is',
  LaunchTemplateAndOverrides: { Overrides: { InstanceType, SubnetId: 'subnet-a' } } as never,
})

it('tells the zone of a refusal by its subnet', () => {
  expect(readRefusals([refusal('InsufficientInstanceCapacity')], survey, 'spot')).toEqual([
    {
      type: 'g5.xlarge',
      zone: 'us-east-1a',
      market: 'spot',
      code: 'InsufficientInstanceCapacity',
      message: 'so it is',
    },
  ])
})

it('lists every try where nothing is to be had', () => {
  const codes = ['InsufficientInstanceCapacity', 'UnfulfillableCapacity']
  const refusals = codes.flatMap((code) => readRefusals([refusal(code), refusal(code, 'g6.xlarge')], survey, 'spot'))
  const { message } = noCapacity(refusals, survey, 'us-east-1')
  expect(message.split('\n')).toEqual([
    'No g5.xlarge or g6.xlarge to be had in us-east-1 (2 pairs of zone and type tried, spot)',
    '  us-east-1a g5.xlarge spot  InsufficientInstanceCapacity: so it is',
    '  us-east-1a g6.xlarge spot  InsufficientInstanceCapacity: so it is',
    '  us-east-1a g5.xlarge spot  UnfulfillableCapacity: so it is',
    '  us-east-1a g6.xlarge spot  UnfulfillableCapacity: so it is',
  ])
})

it('stops at what no other zone would change', async () => {
  const busy = readRefusals([refusal('InsufficientInstanceCapacity'), refusal('VcpuLimitExceeded')], survey, 'spot')
  expect(await findFatal(busy)).toBeUndefined()
  const wrong = readRefusals([refusal('InsufficientInstanceCapacity'), refusal('OptInRequired')], survey, 'spot')
  expect(await findFatal(wrong)).toMatchObject({ code: 'EC2_API', message: expect.stringContaining('OptInRequired') })
})

it.each([
  ['InvalidLaunchTemplateId.NotFound', true],
  ['InvalidGroup.NotFound', true],
  ['InvalidSubnetID.NotFound', true],
  ['InsufficientInstanceCapacity', false],
  ['UnauthorizedOperation', false],
])('thinks of %s as something to be made anew: %s', (awsCode, gone) => {
  expect(isGone(new Ec2Error('EC2_API', `ec2:CreateFleet failed: ${awsCode}: x`, { data: { awsCode } }))).toBe(gone)
})
