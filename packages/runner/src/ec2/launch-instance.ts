import { createHash } from 'node:crypto'
import { Ec2Error } from '../errors.ts'
import type { Account } from './account.ts'
import { findFatal, noCapacity, notOffered, readRefusals, type Refusal } from './fleet-errors.ts'
import { toFleetRequest } from './fleet-request.ts'
import type { Journal } from './journal.ts'
import type { Template } from './launch-template.ts'
import type { Market, Survey } from './survey.ts'
import { TAG } from './tags.ts'
import { findByToken, terminate } from './terminate.ts'

export interface LaunchRequest {
  run: string
  kind: string
  /** tells launches of a run apart */
  attempt: string
  template: Template
  survey: Survey
  userData: string
  isOrdered: boolean
  tags: Record<string, string>
  expiresAt: Date
}

export interface LaunchedInstance {
  id: string
  token: string
  type: string
  zone: string
  market: Market
  usdPerHour: number | undefined
}

/**
 * Launches one instance: in each market in turn, any type in any zone. What is asked for is in the journal before AWS
 * hears of it, under a token by which AWS knows a repeated request and we find a lost answer.
 */
export async function launchInstance(
  account: Account,
  journal: Journal,
  request: LaunchRequest,
): Promise<LaunchedInstance> {
  const { survey } = request
  if (survey.types.every(({ places }) => places.length === 0)) throw notOffered(survey, account.region)
  const refusals: Refusal[] = []
  for (const market of survey.markets) {
    const launched = await tryMarket(account, journal, request, market)
    if (!Array.isArray(launched)) return launched
    const fatal = await findFatal(launched)
    if (fatal) throw fatal
    refusals.push(...launched)
  }
  throw noCapacity(refusals, survey, account.region)
}

async function tryMarket(
  account: Account,
  journal: Journal,
  { run, kind, attempt, expiresAt, ...request }: LaunchRequest,
  market: Market,
): Promise<LaunchedInstance | Refusal[]> {
  const { owner, id, region } = account
  const token = createHash('sha256')
    .update(JSON.stringify([run, kind, attempt, market, owner.machine]))
    .digest('hex')
    .slice(0, 32)
  const asked = { machine: owner.machine, process: owner.process, account: id, region, run, kind }
  journal.write({ event: 'launch', token, ...asked, expiresAt: expiresAt.getTime() })
  const ec2 = await account.clients.ec2()
  const tags = { ...request.tags, [TAG.token]: token }
  let answer
  try {
    answer = await ec2.createFleet(toFleetRequest({ ...request, token, market, tags }))
  } catch (error) {
    // Refused, or carried out with the answer lost on the way: AWS knows.
    const found = await findByToken(account, token).catch(() => undefined)
    if (found && found.length > 0) await terminate(account, found)
    const isRefused = error instanceof Ec2Error && error.code !== 'EC2_NETWORK'
    if (found && isRefused) journal.write({ event: 'refused', token }) // else a later sweep looks again
    throw error
  }
  const { Instances = [], Errors = [] } = answer
  const instance = Instances[0]
  const instanceId = instance?.InstanceIds?.[0]
  if (!instance || !instanceId) {
    journal.write({ event: 'refused', token })
    return readRefusals(Errors, request.survey, market)
  }
  const launched = { id: instanceId, token, market, ...placeOf(instance, request.survey, market) }
  journal.write({
    event: 'launched',
    token,
    instance: instanceId,
    type: launched.type,
    zone: launched.zone,
    market,
    usdPerHour: launched.usdPerHour,
  })
  return launched
}

function placeOf(
  instance: {
    InstanceType?: string | undefined
    LaunchTemplateAndOverrides?: { Overrides?: { SubnetId?: string | undefined } | undefined } | undefined
  },
  survey: Survey,
  market: Market,
): { type: string; zone: string; usdPerHour: number | undefined } {
  const type = survey.types.find(({ name }) => name === instance.InstanceType)
  const subnet = instance.LaunchTemplateAndOverrides?.Overrides?.SubnetId
  const place = type?.places.find((candidate) => candidate.subnet === subnet)
  return {
    type: instance.InstanceType ?? '',
    zone: place?.zone ?? '',
    usdPerHour: market === 'spot' ? place?.spotUsd : type?.onDemandUsd,
  }
}
