import type { TestProject } from 'vitest/node'

/** Somebody said how many workers there are to be, here or, for a project, in what it extends. */
export function isGiven(config: TestProject['config']): boolean {
  const { providedOptions } = config as { providedOptions?: { maxWorkers?: boolean } } // not in the type
  return providedOptions?.maxWorkers === true
}

/** One file after the other, whatever the number of workers is. */
export function isInOrder(config: TestProject['config']): boolean {
  const { fileParallelism } = config as { fileParallelism?: boolean } // not in the type
  return fileParallelism === false
}
