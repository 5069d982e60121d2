import type { Account } from './account.ts'
import { isFresh, type AccountState, type Dated } from './state.ts'

type Shelf = 'networks' | 'offerings' | 'images' | 'quotas' | 'prices' | 'sizes'
type Item<S extends Shelf> = AccountState[S][string]['value']

export interface Ages {
  /** older than this (ms): used, and asked again meanwhile */
  soft: number
  /** older than this (ms): asked before it is used */
  hard: number
  /** when given, only these may be used without asking */
  only?: readonly string[]
}

/** One thing that changes seldom: from memory, else asked and remembered. */
export async function recall<S extends Shelf>(
  account: Account,
  shelf: S,
  key: string,
  ages: Ages,
  find: () => Promise<Item<S>>,
): Promise<Item<S>> {
  const found = await recallAll(account, shelf, [key], ages, async () => ({ [key]: await find() }))
  return found[key]!
}

/** Several things of a kind; `find` is called once with all that have to be asked. */
export async function recallAll<S extends Shelf>(
  account: Account,
  shelf: S,
  keys: readonly string[],
  { soft, hard, only }: Ages,
  find: (missing: string[]) => Promise<Record<string, Item<S>>>,
): Promise<Record<string, Item<S>>> {
  const known = account.read()[shelf] as Record<string, Dated<Item<S>>>
  const mayUse = (key: string) => (only === undefined || only.includes(key)) && isFresh(known[key], hard)
  const missing = keys.filter((key) => !mayUse(key))
  const stale = keys.filter((key) => mayUse(key) && !isFresh(known[key], soft))
  if (stale.length > 0) void ask(stale).catch(() => {}) // what is remembered serves for now
  const asked = missing.length > 0 ? await ask(missing) : {}
  return {
    ...Object.fromEntries(keys.flatMap((key) => (mayUse(key) ? [[key, known[key]!.value]] : []))),
    ...asked,
  }

  async function ask(which: string[]): Promise<Record<string, Item<S>>> {
    const found = await find(which)
    account.update((state) => {
      const target = state[shelf] as Record<string, Dated<Item<S>>>
      for (const [key, value] of Object.entries(found)) target[key] = { at: Date.now(), value }
    })
    return found
  }
}
