import { findUnused, listBaked, monthlyCost, snapshotPrice } from '../baked-images.ts'
import { findBaseImage, findImage } from '../images.ts'
import { findWantedImage } from '../survey.ts'
import { readTags } from '../tags.ts'
import type { Check } from './check.ts'

export const checkImage: Check = async (account, { spec }) => {
  const wanted = await findWantedImage(account, spec)
  const image = await findImage(account, wanted)
  return `${wanted.name}: ${image.id} (${image.name}), user ${spec.user ?? image.user}`
}

/** Baked images cost money whether or not a run uses them, and grow old. */
export const checkBaked: Check = async (account, { spec }) => {
  const [images, wanted] = await Promise.all([listBaked(account), findWantedImage(account, spec)])
  const { name } = wanted
  if (images.length === 0) return 'none; `npx vitest-ec2 bake` makes hosts start faster'
  const unused = findUnused(images)
  const usd = await snapshotPrice(account)
  const cost = (some: typeof images) => `at most ${monthlyCost(some, usd)} a month`
  const used = images.find((image) => !unused.includes(image) && readTags(image.Tags).image === name)
  const detail = [
    ...(used ? [`${used.ImageId} of ${used.CreationDate?.slice(0, 10)} stands in for ${name}`] : []),
    ...(unused.length > 0 ? [`${unused.map(({ ImageId }) => ImageId).join(', ')} not used, ${cost(unused)}`] : []),
    `all ${cost(images)}`,
  ].join('; ')
  if (unused.length > 0)
    return { status: 'warning', detail, fix: 'Remove what is not used: `npx vitest-ec2 bake --prune`.' }
  if (!used) return detail
  const base = await findBaseImage(account.clients, wanted, account.region)
  if (readTags(used.Tags).base === base.id) return detail
  return {
    status: 'warning',
    detail: `${detail}; ${name} has become ${base.id} since`,
    fix: 'Bake again for its updates: `npx vitest-ec2 bake`.',
  }
}
