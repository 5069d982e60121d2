import { isDenied, isNotFound } from '../explain-error.ts'
import { chooseTypes } from '../instance-types.ts'
import { marketsOf } from '../quotas.ts'
import type { Check } from './check.ts'

export const checkSpotRole: Check = async (account, { spec }) => {
  if (!marketsOf(spec).includes('spot')) return 'not needed: hosts run on demand'
  const iam = await account.clients.iam()
  try {
    await iam.getRole({ RoleName: 'AWSServiceRoleForEC2Spot' })
    return 'AWSServiceRoleForEC2Spot is there'
  } catch (error) {
    if (!isNotFound(error) && !isDenied(error)) throw error
    const fix =
      'Once per account: `aws iam create-service-linked-role --aws-service-name spot.amazonaws.com`; else hosts run on demand.'
    const detail = isDenied(error) ? 'it could not be looked up' : 'this account has never used spot instances'
    return { status: 'warning', detail, fix }
  }
}

/** How likely spot capacity is now, from 1 to 10: in the zones of this region, and in the best other regions. */
export const checkCapacity: Check = async (account, { spec }) => {
  const ec2 = await account.clients.ec2()
  const ask = { InstanceTypes: chooseTypes(spec).map(({ name }) => name), TargetCapacity: 1 }
  const [zones, regions] = await Promise.all([
    ec2.getSpotPlacementScores({ ...ask, SingleAvailabilityZone: true, RegionNames: [account.region] }),
    ec2.getSpotPlacementScores(ask),
  ])
  const list = (scores: typeof zones, name: 'AvailabilityZoneId' | 'Region') =>
    (scores.SpotPlacementScores ?? [])
      .toSorted((a, b) => (b.Score ?? 0) - (a.Score ?? 0))
      .slice(0, 6)
      .map((score) => `${score[name]} ${score.Score}`)
      .join(', ')
  return `spot chances of 10: ${list(zones, 'AvailabilityZoneId')}; regions: ${list(regions, 'Region')}`
}
