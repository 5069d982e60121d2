import { join } from 'node:path'
import type { Vitest } from 'vitest/node'
import type { Collected } from '../detached/collect-lost.ts'

/** Says what hosts did that lost an earlier run, and provides the files as `brought`, for reporters that make something of them. */
export async function tellCollected(
  vitest: Vitest,
  root: string,
  collecting: Promise<Collected[]>,
  say: (sentence: string) => void,
): Promise<void> {
  try {
    const collected = await collecting
    for (const { sentence } of collected) say(sentence)
    const provide = vitest.provide as (name: string, value: unknown) => void
    const files = collected.flatMap((one) => one.files.map((path) => join(root, path)))
    if (files.length > 0) provide.call(vitest, 'brought', files)
  } catch (error) {
    say(`What an earlier run's hosts saved could not be brought here: ${(error as Error).message}`)
  }
}
