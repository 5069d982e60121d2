import type { Account } from '../account.ts'
import type { Check } from './check.ts'

/** What the SDK calls the places where it finds credentials. The first that was used is where they are from. */
const SOURCES: readonly [RegExp, string][] = [
  [/SSO/, 'IAM Identity Center (`aws sso login`)'],
  [/LOGIN/, '`aws login`'],
  [/PROCESS/, 'a program that the profile names'],
  [/WEB_ID/, 'a web identity token'],
  [/ASSUME_ROLE/, 'a role that was taken on'],
  [/ENV_VARS/, 'the environment'],
  [/IMDS|HTTP/, 'the role of this machine'],
  [/PROFILE/, 'a profile'],
]
const SOON_MS = 15 * 60_000

/** Which, whose, and until when. */
export const checkCredentials: Check = async (account) => {
  const ec2 = await account.clients.ec2()
  const { expiration, ...rest } = await ec2.config.credentials()
  const used = Object.keys((rest as { $source?: object }).$source ?? {}).join(' ')
  const source = SOURCES.find(([pattern]) => pattern.test(used))?.[1]
  const from = source === undefined ? '' : `, from ${source}${profileOf(account, used)}`
  const whose = `${account.arn}, account ${account.id}${from}`
  if (!expiration) return whose
  const leftMs = expiration.getTime() - Date.now()
  const detail = `${whose}, until ${expiration.toISOString().slice(0, 16)}Z (${showLeft(leftMs)})`
  if (leftMs > SOON_MS) return detail
  return {
    status: 'warning',
    detail,
    fix: 'Renew them before a long run. When they end in the middle, hosts still end, and files go over SSH until there are new ones.',
  }
}

function profileOf({ settings }: Account, used: string): string {
  if (!used.includes('PROFILE')) return ''
  return ` \`${settings.profile ?? process.env['AWS_PROFILE'] ?? 'default'}\``
}

function showLeft(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000))
  return minutes < 90 ? `${minutes} min left` : `${Math.round(minutes / 60)} h left`
}
