import type { Image } from '@aws-sdk/client-ec2'
import { findUnused, sizeOf } from '../ec2/baked-images.ts'
import { SNAPSHOT_USD } from '../ec2/prices.ts'
import { readTags } from '../ec2/tags.ts'

/** Baked images as rows of a table. */
export function toImageRows(images: readonly Image[]): Record<string, string>[] {
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
      month: `at most ${showMonthly([image])}`,
    }
  })
}

/** US dollars a month, at most: AWS bills what of the disks was written. */
export function showMonthly(images: readonly Image[]): string {
  return `$${(images.reduce((sum, image) => sum + sizeOf(image), 0) * SNAPSHOT_USD).toFixed(2)}`
}
