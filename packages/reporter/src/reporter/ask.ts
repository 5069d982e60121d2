import { toMilliseconds } from '../notebook/duration.ts'
import type { Duration } from '../notebook/types.ts'

/**
 * How long whoever watches has to set the parameters before a test begins, such as `10m`. Set by `vitest-notebook run --ask`, or
 * by hand.
 */
export const ASK_VARIABLE = 'VITEST_NOTEBOOK_ASK'
export const ASK_FOR = '10m'

/**
 * @returns milliseconds; undefined where nobody is to be asked
 * @throws NotebookError `NOTEBOOK_USE` for what is no duration
 */
export function readAskMs(env: NodeJS.ProcessEnv = process.env): number | undefined {
  const given = env[ASK_VARIABLE]
  return given ? toMilliseconds(given as Duration, ASK_VARIABLE) : undefined
}
