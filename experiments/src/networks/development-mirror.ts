import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A folder with the files of networks that tests use: `EXPERIMENTS_MIRROR`, or one beside the checkout. */
export const MIRROR =
  process.env['EXPERIMENTS_MIRROR'] || fileURLToPath(new URL('../../../../shared/weights', import.meta.url))

/** Why a test that needs the mirror cannot run, or undefined where it can. */
export function reasonToLeaveOut(): string | undefined {
  return existsSync(MIRROR) ? undefined : `needs downloaded networks: name a folder that has them in EXPERIMENTS_MIRROR`
}
