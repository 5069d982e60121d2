import { existsSync } from 'node:fs'
import { inMirror, isUrl } from './places.ts'
import { filesOf } from './registry.ts'

/** Why a test that needs a downloaded network cannot run, or undefined where `EXPERIMENTS_MIRROR` names a place that has it. */
export function reasonToLeaveOut(network: string): string | undefined {
  const mirror = process.env['EXPERIMENTS_MIRROR']
  const files = filesOf(network)
  if (!mirror) return `needs ${files[0]}: name a folder or URL that has it in EXPERIMENTS_MIRROR`
  const missing = isUrl(mirror) ? undefined : files.find((file) => !existsSync(inMirror(mirror, file)))
  return missing && `needs ${missing}, which EXPERIMENTS_MIRROR lacks`
}
