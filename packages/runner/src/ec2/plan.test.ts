import { expect, it } from 'vitest'
import { dearest, toPlan } from './plan.ts'
import type { Survey } from './survey.ts'

const place = (zone: string, spotUsd: number | undefined) => ({ subnet: `subnet-${zone}`, zone, spotUsd })
const survey: Survey = {
  image: { id: 'ami-1', name: 'x', rootDevice: '/dev/sda1', size: 8, user: 'ubuntu' },
  network: { vpc: 'vpc-1', subnets: [] },
  markets: ['spot', 'on-demand'],
  quotas: {},
  inUse: {},
  types: [
    { name: 'g4dn.xlarge', vcpus: 4, gpus: 1, onDemandUsd: 0.5, places: [place('a', 0.3), place('b', 0.25)] },
    { name: 'g4dn.12xlarge', vcpus: 48, gpus: 4, onDemandUsd: 3.9, places: [place('a', 0.2)] },
  ],
}
const demand = (spec = {}) => ({ kind: 'default', spec, maxHosts: 1 })

it('plans with the cheapest place', () => {
  expect(toPlan(survey, demand(), 'us-east-1')).toEqual({
    summary: 'g4dn.12xlarge spot us-east-1',
    slots: 4,
    gpus: 4,
    usdPerHour: 0.2,
  })
})

it('plans with the first type that was named, in its cheapest zone', () => {
  const spec = { instanceTypes: ['g4dn.xlarge', 'g4dn.12xlarge'], workers: 2 }
  expect(toPlan(survey, demand(spec), 'us-east-1')).toMatchObject({
    summary: 'g4dn.xlarge spot us-east-1',
    slots: 2,
    usdPerHour: 0.25,
  })
})

it('plans on demand where spot is not to be had', () => {
  expect(toPlan({ ...survey, markets: ['on-demand'] }, demand(), 'us-east-1')).toMatchObject({ usdPerHour: 0.5 })
})

it('reckons with the dearest for a budget, and with none that is unknown', () => {
  expect(dearest(survey)).toBe(3.9)
  expect(dearest({ ...survey, markets: ['spot'] })).toBe(0.3)
  expect(dearest({ ...survey, types: [{ ...survey.types[0]!, onDemandUsd: undefined }] })).toBeUndefined()
})
