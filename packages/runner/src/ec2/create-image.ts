import { setTimeout as sleep } from 'node:timers/promises'
import type { Image } from '@aws-sdk/client-ec2'
import { Ec2Error } from '../errors.ts'
import type { Account } from './account.ts'
import { awsCode, isNotFound } from './explain-error.ts'
import { removeImage } from './remove-image.ts'
import { tagged, TAG, toTags } from './tags.ts'

export interface ImageRequest {
  instance: string
  /** what specs call it: `deep-learning` */
  of: string
  /** the image that the instance was launched from */
  base: string
  /** who logs in there */
  user: string
  signal: AbortSignal
  onPhase: (phase: { phase: 'stopping' } | { phase: 'imaging' }) => void
}

const POLL_MS = 1000
const IMAGE_POLL_MS = 3000
const STOP_TIMEOUT_MS = 10 * 60_000
const NAME_TRIES = 4
/** AWS copies what was written; a large disk takes a quarter of an hour. */
const IMAGE_TIMEOUT_MS = 2 * 3_600_000

/**
 * Stops an instance and makes an image of its disk. Whole or not at all: when it rejects, no image and no snapshot of it
 * is left. The instance stays stopped.
 * @throws Ec2Error `EC2_API` when AWS does not stop it or cannot make the image, and what its calls throw
 */
export async function createImage(account: Account, request: ImageRequest): Promise<Image> {
  const { instance, signal, onPhase } = request
  onPhase({ phase: 'stopping' })
  await stop(account, instance, signal)
  signal.throwIfAborted()
  onPhase({ phase: 'imaging' })
  const name = nameOf(account, request)
  let id: string | undefined
  try {
    id = await begin(account, name, request)
    return await waitFor(account, id, signal)
  } catch (error) {
    await takeBack(account, name, id)
    throw error
  }
}

/** Clean, and without a price from then on but for its disk. */
async function stop(account: Account, instance: string, signal: AbortSignal): Promise<void> {
  const ec2 = await account.clients.ec2()
  await ec2.stopInstances({ InstanceIds: [instance] })
  const deadline = Date.now() + STOP_TIMEOUT_MS
  for (;;) {
    const { Reservations = [] } = await ec2.describeInstances({ InstanceIds: [instance] })
    const state = Reservations[0]?.Instances?.[0]?.State?.Name
    if (state === 'stopped') return
    if (state !== 'running' && state !== 'stopping') {
      throw new Ec2Error('EC2_HOST_LOST', `${instance} is ${state ?? 'gone'} before an image could be made of it`, {
        fix: 'Somebody or its own clock ended it. Bake again.',
      })
    }
    if (Date.now() > deadline) throw new Ec2Error('EC2_API', `${instance} was not stopped after 10 minutes`)
    await sleep(POLL_MS, undefined, { signal })
  }
}

async function begin(account: Account, name: string, { instance, of, base, user }: ImageRequest): Promise<string> {
  const { owner, settings, clients } = account
  const ec2 = await clients.ec2()
  const tags = toTags({
    ...settings.tags,
    Name: name,
    [TAG.owner]: owner.name,
    [TAG.image]: of,
    [TAG.base]: base,
    [TAG.user]: user,
  })
  try {
    const { ImageId = '' } = await ec2.createImage({
      InstanceId: instance,
      Name: name,
      Description: `${of} with what runs of ${owner.label} need`.replace(/[^\w .:/()#,@[\]+=&;{}!$*-]/g, '-'),
      TagSpecifications: [...tagged('image', tags), ...tagged('snapshot', tags)],
    })
    return ImageId
  } catch (error) {
    // The call was repeated after a lost answer.
    const found = awsCode(error) === 'InvalidAMIName.Duplicate' ? await findByName(account, name) : undefined
    if (!found) throw error
    return found
  }
}

async function waitFor(account: Account, id: string, signal: AbortSignal): Promise<Image> {
  const deadline = Date.now() + IMAGE_TIMEOUT_MS
  for (;;) {
    signal.throwIfAborted()
    const image = await look(account, id)
    if (image?.State === 'available') return image
    if (image && image.State !== 'pending') {
      const reason = image.StateReason?.Message ?? 'AWS does not say why'
      throw new Ec2Error('EC2_API', `The image ${id} is ${image.State}: ${reason}`, { fix: 'Bake again.' })
    }
    if (Date.now() > deadline) throw new Ec2Error('EC2_API', `The image ${id} was not ready after 2 hours`)
    await sleep(IMAGE_POLL_MS, undefined, { signal })
  }
}

async function look(account: Account, id: string): Promise<Image | undefined> {
  const ec2 = await account.clients.ec2()
  try {
    return (await ec2.describeImages({ ImageIds: [id] })).Images?.[0]
  } catch (error) {
    if (isNotFound(error)) return undefined // not known everywhere yet
    throw error
  }
}

/** Also one whose answer was lost: it is known by its name, after a moment. */
async function takeBack(account: Account, name: string, id: string | undefined): Promise<void> {
  try {
    const half = id ?? (await findByName(account, name))
    if (half) await removeImage(account, { ImageId: half })
  } catch (error) {
    account.notice(
      `An image \`${name}\` may be left (${(error as Error).message}): \`npx vitest-ec2 ls --images\` shows it, \`npx vitest-ec2 destroy\` removes it`,
    )
  }
}

async function findByName(account: Account, name: string): Promise<string | undefined> {
  const ec2 = await account.clients.ec2()
  for (let tries = NAME_TRIES; ; tries -= 1) {
    const { Images = [] } = await ec2.describeImages({ Owners: ['self'], Filters: [{ Name: 'name', Values: [name] }] })
    if (Images[0]?.ImageId || tries === 1) return Images[0]?.ImageId
    await sleep(POLL_MS)
  }
}

/** Its own in the account, as AWS demands, and in the letters that AWS takes. */
function nameOf({ owner }: Account, { of, instance }: ImageRequest): string {
  return `vitest-ec2 ${owner.name} ${of} ${instance}`.replace(/[^\w ()./'@-]/g, '-').slice(0, 128)
}
