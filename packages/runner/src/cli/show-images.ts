import type { Image } from '@aws-sdk/client-ec2'
import { findUnused, monthlyCost } from '../ec2/baked-images.ts'
import { readTags } from '../ec2/tags.ts'

/**
 * Baked images as rows of a table.
 * @param usdPerGiB a month
 */
export function toImageRows(images: readonly Image[], usdPerGiB: number): Record<string, string>[] {
  const unused = new Set(findUnused(images))
  return images.map((image) => {
    const { ImageId = '', State = '', CreationDate = '' } = image
    const { image: of = '', base = '' } = readTags(image.Tags)
    return {
      image: ImageId,
      of,
      base,
      baked: CreationDate.slice(0, 16),
      state: State === 'available' ? (unused.has(image) ? 'not used' : 'used') : State,
      month: `at most ${monthlyCost([image], usdPerGiB)}`,
    }
  })
}
