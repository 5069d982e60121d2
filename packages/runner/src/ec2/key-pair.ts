import type { Account } from './account.ts'
import { awsCode } from './explain-error.ts'
import { findLoginKey, type KeyPair } from './ssh-keys.ts'
import { lastingTags, tagged } from './tags.ts'

/**
 * Imports the public half of this owner's login key and returns the name AWS knows it by. A key of that name whose
 * private half is not here (the state folder was lost) is replaced: it opens nothing that is still ours.
 */
export async function ensureKeyPair(account: Account): Promise<string> {
  const ec2 = await account.clients.ec2()
  const key = findLoginKey(account.stateDir, account.owner.name)
  const name = `vitest-ec2-${account.owner.name}`
  const { KeyPairs = [] } = await ec2.describeKeyPairs({
    Filters: [{ Name: 'key-name', Values: [name] }],
    IncludePublicKey: true,
  })
  const found = KeyPairs[0]
  if (found && !isSame(found.PublicKey, key)) await ec2.deleteKeyPair({ KeyName: name })
  if (!found || !isSame(found.PublicKey, key)) {
    try {
      await ec2.importKeyPair({
        KeyName: name,
        PublicKeyMaterial: Buffer.from(key.public),
        TagSpecifications: tagged('key-pair', lastingTags(name, account.owner, account.settings.tags)),
      })
    } catch (error) {
      if (awsCode(error) !== 'InvalidKeyPair.Duplicate') throw error
    }
  }
  account.update((state) => (state.keyPair = { name, publicKey: key.public }))
  return name
}

/** An old or simple API does not tell the key: then the name has to do. */
function isSame(told: string | undefined, key: KeyPair): boolean {
  return !told || told.trim().split(' ').slice(0, 2).join(' ') === key.public
}
