import { describeError, Ec2Error } from '../errors.ts'
import type { InstanceSpec } from '../options.ts'
import { openAccount, type Account, type AccountOptions } from './account.ts'
import { awsCode, isDenied, isNotFound } from './explain-error.ts'
import { findImage, imageNameOf } from './images.ts'
import { chooseTypes } from './instance-types.ts'
import { findNetwork, findOfferings } from './network.ts'
import { builtInPrice, findPrice, findSpotPrices } from './prices.ts'
import { marketsOf, quotaError, quotaOf } from './quotas.ts'
import { findSources } from './sources.ts'
import { leftoverReason, listInstances } from './sweep.ts'

/** One line of what `doctor` says. `warning`: a run works, but lacks something. */
export interface Finding {
  check: string
  status: 'ok' | 'warning' | 'failure'
  detail: string
  fix?: string
}

/** Tries everything that a run of this spec needs, and makes nothing. */
export async function examine(
  options: AccountOptions,
  spec: InstanceSpec,
  { capacity = false } = {},
): Promise<Finding[]> {
  let account: Account
  try {
    account = await openAccount(options)
  } catch (error) {
    return [failed('credentials', error)]
  }
  const checks: Record<string, () => Promise<Omit<Finding, 'check'> | string>> = {
    region: async () => account.region,
    quotas: () => checkQuotas(account, spec),
    network: () => checkNetwork(account, spec),
    address: () => checkAddress(account),
    image: () => checkImage(account, spec),
    prices: () => checkPrices(account, spec),
    permissions: () => checkPermissions(account, spec),
    'spot role': () => checkSpotRole(account),
    leftovers: () => checkLeftovers(account),
    ...(capacity && { capacity: () => checkCapacity(account, spec) }),
  }
  const identity: Finding = { check: 'credentials', status: 'ok', detail: `${account.arn}, account ${account.id}` }
  const rest = await Promise.all(
    Object.entries(checks).map(async ([check, run]): Promise<Finding> => {
      try {
        const found = await run()
        return typeof found === 'string' ? { check, status: 'ok', detail: found } : { check, ...found }
      } catch (error) {
        return failed(check, error)
      }
    }),
  )
  return [identity, ...rest]
}

async function checkQuotas(account: Account, spec: InstanceSpec): Promise<Omit<Finding, 'check'> | string> {
  const quotas = await account.clients.quotas()
  const type = chooseTypes(spec)[0]
  const needed = type?.known?.vcpus ?? 4
  const found = await Promise.all(
    marketsOf(spec).map(async (market) => {
      const quota = quotaOf(type?.name ?? '', market)
      if (!quota) return []
      const { Quota } = await quotas.getServiceQuota({ ServiceCode: 'ec2', QuotaCode: quota.code })
      return [{ ...quota, type: type?.name ?? '', needed, value: Quota?.Value ?? 0 }]
    }),
  )
  const all = found.flat()
  const lacking = all.filter(({ value }) => value < needed)
  const detail = all.map(({ market, value }) => `${value} vCPUs ${market}`).join(', ')
  const about = `${all[0]?.family} instances: ${detail}; ${type?.name} takes ${needed}`
  if (lacking.length === 0) return about
  const { fix = '' } = quotaError(lacking, account.region)
  return { status: lacking.length === all.length ? 'failure' : 'warning', detail: about, fix }
}

async function checkNetwork(account: Account, spec: InstanceSpec): Promise<Omit<Finding, 'check'> | string> {
  const { network } = account.settings
  const names = chooseTypes(spec).map(({ name }) => name)
  const [{ vpc, subnets, endpoint }, offerings] = await Promise.all([
    findNetwork(account.clients, network, account.region),
    findOfferings(account.clients, names),
  ])
  const lines = names.map((name) => {
    const zones = subnets.filter(({ zone }) => offerings[name]?.includes(zone)).length
    return `${name} in ${zones}`
  })
  const detail = `${vpc}, subnets in ${new Set(subnets.map(({ zone }) => zone)).size} zones: ${lines.join(', ')}${endpoint ? `; reached through ${endpoint}` : ''}`
  if (lines.some((line) => !line.endsWith(' 0'))) return detail
  return { status: 'failure', detail, fix: 'Choose other types, subnets in other zones, or another region.' }
}

async function checkAddress(account: Account): Promise<string> {
  const network = await findNetwork(account.clients, account.settings.network, account.region)
  return `SSH is let in from ${(await findSources(account, network)).join(', ')}`
}

async function checkImage(account: Account, spec: InstanceSpec): Promise<string> {
  const name = imageNameOf(spec, spec.gpu === 0 ? 0 : 1)
  const image = await findImage(account.clients, name, account.region)
  return `${name}: ${image.id} (${image.name}), user ${spec.user ?? image.user}`
}

async function checkPrices(account: Account, spec: InstanceSpec): Promise<Omit<Finding, 'check'> | string> {
  const name = chooseTypes(spec)[0]?.name ?? ''
  const [onDemand, spot] = await Promise.all([
    findPrice(account.clients, name, account.region),
    findSpotPrices(account.clients, [name]),
  ])
  const cheapest = spot.map(({ usd }) => usd).toSorted((a, b) => a - b)[0]
  const detail = `${name}: ${onDemand === undefined ? 'unknown' : `$${onDemand}/h`} on demand, ${cheapest === undefined ? 'unknown' : `$${cheapest}/h`} spot`
  if (onDemand !== undefined) return detail
  const { from } = builtInPrice(name) ?? {}
  return {
    status: 'warning',
    detail,
    fix: `Allow pricing:GetProducts${from ? `; until then prices of ${from} are used` : ''}.`,
  }
}

/** EC2 says whether it would, and does not: `DryRun`. */
async function checkPermissions(account: Account, spec: InstanceSpec): Promise<Omit<Finding, 'check'> | string> {
  const ec2 = await account.clients.ec2()
  const name = imageNameOf(spec, spec.gpu === 0 ? 0 : 1)
  const [image, { vpc, subnets }] = await Promise.all([
    findImage(account.clients, name, account.region),
    findNetwork(account.clients, account.settings.network, account.region),
  ])
  const DryRun = true
  const type = chooseTypes(spec)[0]?.name as never
  const run = { ImageId: image.id, InstanceType: type, SubnetId: subnets[0]?.id, MinCount: 1, MaxCount: 1 }
  const PublicKeyMaterial = Buffer.from(
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3yGZ3pVQ0m2mJp0bO2yYx5m4y4yZ5xq0oFJ0b3b2aA',
  )
  const tries = {
    'ec2:RunInstances': () => ec2.runInstances({ DryRun, ...run }),
    'ec2:CreateSecurityGroup': () =>
      ec2.createSecurityGroup({ DryRun, GroupName: 'vitest-ec2-doctor', Description: 'never made', VpcId: vpc }),
    'ec2:ImportKeyPair': () => ec2.importKeyPair({ DryRun, KeyName: 'vitest-ec2-doctor', PublicKeyMaterial }),
    'ec2:CreateLaunchTemplate': () =>
      ec2.createLaunchTemplate({
        DryRun,
        LaunchTemplateName: 'vitest-ec2-doctor',
        LaunchTemplateData: { ImageId: image.id },
      }),
  }
  const denied: Ec2Error[] = []
  for (const attempt of Object.values(tries)) {
    try {
      await attempt()
    } catch (error) {
      if (isDenied(error)) denied.push(error as Ec2Error)
      else if (awsCode(error) !== 'DryRunOperation') throw error
    }
  }
  if (denied.length === 0) return `${Object.keys(tries).join(', ')} are allowed`
  return {
    status: 'failure',
    detail: denied.map(({ message }) => message).join('; '),
    fix: 'Ask for the policy that `npx vitest-ec2 policy` prints.',
  }
}

async function checkSpotRole(account: Account): Promise<Omit<Finding, 'check'> | string> {
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
async function checkCapacity(account: Account, spec: InstanceSpec): Promise<string> {
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

async function checkLeftovers(account: Account): Promise<Omit<Finding, 'check'> | string> {
  const instances = await listInstances(account)
  const left = instances.filter((instance) => leftoverReason(instance, account.owner.machine) !== undefined)
  if (left.length === 0) return instances.length === 0 ? 'no host runs' : `${instances.length} run, none is left over`
  return {
    status: 'warning',
    detail: `left by earlier runs: ${left.map(({ InstanceId }) => InstanceId).join(', ')}`,
    fix: 'The next run ends them, or now: `npx vitest-ec2 down`.',
  }
}

function failed(check: string, error: unknown): Finding {
  const fix = error instanceof Ec2Error ? error.fix : undefined
  const detail = error instanceof Ec2Error ? error.message : describeError(error)
  return { check, status: 'failure', detail, ...(fix !== undefined && { fix }) }
}
