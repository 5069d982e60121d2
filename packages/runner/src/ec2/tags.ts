import type { Tag, TagSpecification, ResourceType } from '@aws-sdk/client-ec2'
import type { Owner } from './owner.ts'

/** The names of our tags. `expiresAt` is a time in ISO 8601: anyone's sweep may end the instance after it. */
export const TAG = {
  owner: 'vitest-ec2:owner',
  machine: 'vitest-ec2:machine',
  process: 'vitest-ec2:process',
  run: 'vitest-ec2:run',
  token: 'vitest-ec2:token',
  kind: 'vitest-ec2:kind',
  config: 'vitest-ec2:config',
  state: 'vitest-ec2:state',
  expiresAt: 'vitest-ec2:expires-at',
  image: 'vitest-ec2:image',
  base: 'vitest-ec2:base',
  user: 'vitest-ec2:user',
} as const

export type Tags = Partial<Record<keyof typeof TAG, string>>

/** Tags of something that lasts: its name, whose it is, and what the user wants on everything. */
export function lastingTags(name: string, owner: Owner, more: Record<string, string>): Tag[] {
  return toTags({ ...more, Name: name, [TAG.owner]: owner.name })
}

export function toTags(values: Record<string, string>): Tag[] {
  return Object.entries(values).map(([Key, Value]) => ({ Key, Value }))
}

export function tagged(type: ResourceType, tags: Tag[]): TagSpecification[] {
  return [{ ResourceType: type, Tags: tags }]
}

export function readTags(tags: readonly Tag[] | undefined): Tags {
  const found: Tags = {}
  for (const [name, key] of Object.entries(TAG)) {
    const value = tags?.find(({ Key }) => Key === key)?.Value
    if (value !== undefined) found[name as keyof typeof TAG] = value
  }
  return found
}
