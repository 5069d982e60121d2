import { isDeepStrictEqual } from 'node:util'
import type { Account } from './account.ts'
import { ensureBucket } from './bucket.ts'
import { findSources } from './sources.ts'
import type { Image } from './images.ts'
import { ensureInstanceProfile } from './instance-profile.ts'
import { ensureKeyPair } from './key-pair.ts'
import { ensureTemplate, recallTemplate, type Template } from './launch-template.ts'
import type { Network } from './network.ts'
import { findLoginKey } from './ssh-keys.ts'
import { ensureSecurityGroup } from './security-group.ts'

export interface Prepared {
  template: Template
  /** resolves when this address may reach SSH; a launch need not wait for it */
  reachable: Promise<void>
}

export interface PrepareOptions {
  network: Network
  image: Image
  /** GiB */
  disk: number
  /** ask AWS about everything instead of trusting what is remembered */
  verify: boolean
}

/**
 * Makes what a launch needs and is not there: security group, key pair, bucket, role and profile, launch template. On a
 * prepared account it makes no call before it returns; that this address may still come in is looked up meanwhile.
 */
export async function prepare(account: Account, { network, image, disk, verify }: PrepareOptions): Promise<Prepared> {
  const { vpc } = network
  const own = account.settings.network.securityGroups
  const allowed = own.length > 0 ? [] : findSources(account, network)
  const content = (groups: readonly string[], keyPair: string | undefined, profile: string | undefined) => ({
    securityGroups: groups,
    keyPair,
    profile,
    disk: { device: image.rootDevice, size: disk },
  })
  const admit = async () => {
    if (own.length === 0) return [await ensureSecurityGroup(account, vpc, await allowed)]
    return own
  }

  const known = verify ? undefined : await recallAll(account, vpc)
  const template = known && recallTemplate(account, content(known.groups, known.keyPair, known.profile))
  if (template) {
    const reachable = admit().then(() => {})
    reachable.catch(() => {}) // whoever connects hears of it
    return { template, reachable }
  }

  if (verify) account.forgetOnce()
  const [groups, keyPair, profile] = await settleAll([
    account.once(`security group ${vpc}`, admit),
    account.once('key pair', () => ensureKeyPair(account)),
    account.once('profile', async () => ensureInstanceProfile(account, await ensureBucket(account))),
  ])
  const wanted = content(groups, keyPair, profile)
  return {
    template: await account.once(`template ${JSON.stringify(wanted)}`, () => ensureTemplate(account, wanted)),
    reachable: Promise.resolve(),
  }
}

/** What an earlier run made; nothing when any of it is missing. */
async function recallAll(
  account: Account,
  vpc: string,
): Promise<{ groups: readonly string[]; keyPair: string; profile: string | undefined } | undefined> {
  const { securityGroups, keyPair, profile } = account.read()
  const { network, iam } = account.settings
  const group = securityGroups[vpc]
  const groups = network.securityGroups.length > 0 ? network.securityGroups : group && [group.id]
  const login = findLoginKey(account.stateDir, account.owner.name)
  if (!groups || keyPair?.publicKey !== login.public) return undefined
  if (iam.instanceProfile !== 'auto')
    return { groups, keyPair: keyPair.name, profile: iam.instanceProfile || undefined }
  if (profile === undefined) return undefined
  // What the role may do is to be what the options say now.
  if (profile && !isDeepStrictEqual(profile.allow ?? [], iam.allow)) return undefined
  return { groups, keyPair: keyPair.name, profile: profile ? profile.name : undefined }
}

/** As `Promise.all`, but when one fails the others have ended too: nothing is made after the failure was told. */
async function settleAll<T extends readonly Promise<unknown>[]>(
  promises: readonly [...T],
): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises)
  return await Promise.all(promises)
}
