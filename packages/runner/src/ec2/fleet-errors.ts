import type { CreateFleetError } from '@aws-sdk/client-ec2'
import { Ec2Error } from '../errors.ts'
import { explain } from './explain-error.ts'
import { quotaError, quotaOf } from './quotas.ts'
import type { Market, Survey } from './survey.ts'

/** One try that AWS refused. */
export interface Refusal {
  type: string
  zone: string
  market: Market
  code: string
  message: string
}

// Not now and not here, but perhaps elsewhere.
const CAPACITY = new Set([
  'InsufficientInstanceCapacity',
  'UnfulfillableCapacity',
  'InsufficientHostCapacity',
  'InsufficientCapacity',

  'InsufficientFreeAddressesInSubnet',
  'Unsupported',
  'SpotMaxPriceTooLow',
  'UnsupportedOperation',
  'ReservationCapacityExceeded',
  // Spot needs a role that somebody with more rights must make once; on demand does without.
  'AuthFailure.ServiceLinkedRoleCreationNotPermitted',
])
const QUOTA = new Set(['VcpuLimitExceeded', 'MaxSpotInstanceCountExceeded', 'InstanceLimitExceeded'])
// Something that was remembered is no longer there.
const GONE =
  /^InvalidLaunchTemplate|^InvalidGroup\.NotFound|^InvalidSecurityGroupID|^InvalidKeyPair\.NotFound|^InvalidAMIID|^InvalidSubnetID|[Ii]nstance [Pp]rofile/

export function readRefusals(errors: readonly CreateFleetError[], survey: Survey, market: Market): Refusal[] {
  const zones = new Map(survey.types.flatMap(({ places }) => places.map(({ subnet, zone }) => [subnet, zone] as const)))
  return errors.map(({ ErrorCode = 'Unknown', ErrorMessage = '', LaunchTemplateAndOverrides }) => {
    const { InstanceType = '', SubnetId = '', AvailabilityZone } = LaunchTemplateAndOverrides?.Overrides ?? {}
    return {
      type: InstanceType,
      zone: AvailabilityZone ?? zones.get(SubnetId) ?? SubnetId,
      market,
      code: ErrorCode,
      message: ErrorMessage,
    }
  })
}

/** The first refusal that no other zone or type would change, as an error to stop at. */
export async function findFatal(refusals: readonly Refusal[]): Promise<Ec2Error | undefined> {
  const fatal = refusals.find(({ code }) => !CAPACITY.has(code) && !QUOTA.has(code))
  if (!fatal) return undefined
  const error = Object.assign(new Error(fatal.message), { name: fatal.code })
  return await explain(error, { call: 'ec2:CreateFleet', input: fatal })
}

/** True when making everything anew may help. */
export function isGone(error: unknown): boolean {
  if (!(error instanceof Ec2Error)) return false
  return GONE.test(String(error.data['awsCode'])) || GONE.test(error.message.replace(/^.*?: /, ''))
}

export function isProfileUnknown(error: unknown): boolean {
  return error instanceof Ec2Error && /instance profile/i.test(error.message)
}

/** Nothing was to be had anywhere. */
export function noCapacity(refusals: readonly Refusal[], survey: Survey, region: string): Ec2Error {
  const byQuota = refusals.length > 0 && refusals.every(({ code }) => QUOTA.has(code))
  if (byQuota) {
    const lacking = refusals.flatMap(({ type, market }) => {
      const quota = quotaOf(type, market)
      const needed = survey.types.find(({ name }) => name === type)?.vcpus ?? 0
      return quota ? [{ ...quota, type, needed, value: 0 }] : []
    })
    const unique = lacking.filter(
      (item, index) => lacking.findIndex(({ type, code }) => type === item.type && code === item.code) === index,
    )
    return inUse(quotaError(unique, region))
  }
  const types = survey.types.map(({ name }) => name)
  const markets = [...new Set(refusals.map(({ market }) => (market === 'spot' ? 'spot' : 'on-demand')))]
  const pairs = new Set(refusals.map(({ type, zone }) => `${type} ${zone}`)).size
  const lines = refusals.map(
    ({ type, zone, market, code, message }) => `  ${zone} ${type} ${market}  ${code}: ${message}`,
  )
  return new Ec2Error(
    'EC2_CAPACITY',
    `No ${orList(types)} to be had in ${region} (${pairs} pairs of zone and type tried, ${markets.join(' and ')})\n${lines.join('\n')}`,
    {
      fix: 'Try another region or more types, or again later: `npx vitest-ec2 doctor --capacity` shows what is free now.',
      data: { refusals },
    },
  )
}

/** No zone with a subnet has any of the types. */
export function notOffered(survey: Survey, region: string): Ec2Error {
  const types = orList(survey.types.map(({ name }) => name))
  const zones = survey.network.subnets.map(({ zone }) => zone).join(', ')
  return new Ec2Error('EC2_CAPACITY', `${region} offers no ${types} in the zones of the subnets (${zones})`, {
    fix: 'Name other types in `instanceTypes`, subnets in other zones in `network.subnets`, or another region.',
  })
}

/** AWS counts what runs already; it tells the limit, not the rest. */
function inUse(error: Ec2Error): Ec2Error {
  return new Ec2Error(
    error.code,
    error.message.replaceAll(
      /, the quota of (.+?) instances is 0/g,
      ', and what runs already uses up the quota of $1 instances',
    ),
    { fix: error.fix ?? '', data: error.data },
  )
}

function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
