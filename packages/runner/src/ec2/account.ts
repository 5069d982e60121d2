import { join } from 'node:path'
import type { ResolvedEc2Options } from '../options-resolve.ts'
import type { Clients } from './clients.ts'
import type { Owner } from './owner.ts'
import { readAccount, readJson, updateAccount, writeJson, type AccountState } from './state.ts'

/** The options that concern AWS. */
export type Ec2Settings = Pick<
  ResolvedEc2Options,
  'region' | 'profile' | 'bucket' | 'network' | 'iam' | 'tags' | 'kmsKey' | 'maxAgeMs' | 'keepAliveMs' | 'budget'
>

/** One account in one region, as one owner sees it. */
export interface Account {
  readonly id: string
  /** who calls */
  readonly arn: string
  readonly region: string
  readonly owner: Owner
  readonly clients: Clients
  readonly settings: Ec2Settings
  readonly stateDir: string
  /** hosts start from the image that was named, and not from what was baked of it */
  readonly ignoresBaked?: boolean
  /** what is remembered of it */
  read(): AccountState
  update(change: (state: AccountState) => void): void
  /** does something once, however many launches ask for it side by side; a failure may be tried again */
  once<T>(name: string, make: () => Promise<T>): Promise<T>
  /** what was done once was undone by somebody else */
  forgetOnce(): void
  /** tells the user what was left out, and why; each sentence once */
  notice(sentence: string): void
}

export interface AccountOptions {
  clients: Clients
  owner: Owner
  settings: Ec2Settings
  stateDir: string
  ignoresBaked?: boolean
  notice: (sentence: string) => void
}

/** Asks AWS who calls. */
export async function openAccount(options: AccountOptions): Promise<Account> {
  const { clients, settings, stateDir } = options
  const region = await clients.region()
  const sts = await clients.sts()
  const { Account: id = '', Arn: arn = '' } = await sts.getCallerIdentity()
  rememberAccount(stateDir, settings, region, id)
  return toAccount(options, { id, arn, region })
}

/**
 * The account that these credentials probably belong to: the one that the same profile and region led to last time. What
 * it remembers allows asking everything else at the same time as who calls.
 */
export async function guessAccount(options: AccountOptions): Promise<Account | undefined> {
  const { clients, settings, stateDir } = options
  const region = await clients.region()
  const id = readJson<Record<string, string>>(join(stateDir, 'accounts.json'))?.[hintKey(settings, region)]
  return id ? toAccount(options, { id, arn: '', region }) : undefined
}

function toAccount(options: AccountOptions, found: { id: string; arn: string; region: string }): Account {
  const { stateDir } = options
  const said = new Set<string>()
  const made = new Map<string, Promise<unknown>>()
  return {
    ...options,
    ...found,
    read: () => readAccount(stateDir, found.id, found.region),
    update: (change) => void updateAccount(stateDir, found.id, found.region, change),
    once<T>(name: string, make: () => Promise<T>): Promise<T> {
      const known = made.get(name) as Promise<T> | undefined
      if (known) return known
      const making = make()
      made.set(name, making)
      making.catch(() => made.delete(name))
      return making
    },
    forgetOnce: () => made.clear(),
    notice(sentence) {
      if (!said.has(sentence)) options.notice(sentence)
      said.add(sentence)
    },
  }
}

function rememberAccount(stateDir: string, settings: Ec2Settings, region: string, id: string): void {
  const file = join(stateDir, 'accounts.json')
  const known = readJson<Record<string, string>>(file) ?? {}
  const key = hintKey(settings, region)
  if (known[key] !== id) writeJson(file, { ...known, [key]: id })
}

function hintKey({ profile }: Ec2Settings, region: string): string {
  return `${profile ?? process.env['AWS_PROFILE'] ?? 'default'} ${region}`
}
