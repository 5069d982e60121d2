import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { ResolvedEc2Options } from '../options-resolve.ts'
import type { Image } from './images.ts'
import type { Network, TypeSize } from './network.ts'

/** What is remembered of one account in one region. Only hints: AWS decides, and a wrong one is mended. */
export interface AccountState {
  /** by VPC */
  securityGroups: Record<string, { id: string; allowed: string[] }>
  keyPair?: { name: string; publicKey: string }
  /** `false`: the caller may not make one */
  profile?: { name: string; bucket?: string | undefined; allow?: ResolvedEc2Options['iam']['allow'] } | false
  bucket?: string
  /** version by hash of its content */
  template?: { id: string; versions: Record<string, string> }
  /** ARN of the role with which the scheduler ends instances; `false`: the caller may not make one */
  schedulerRole?: string | false
  networks: Record<string, Dated<Network>>
  /** zones by instance type */
  offerings: Record<string, Dated<string[]>>
  images: Record<string, Dated<Image>>
  quotas: Record<string, Dated<number>>
  /** US dollars an hour, on demand */
  prices: Record<string, Dated<number>>
  sizes: Record<string, Dated<TypeSize>>
}

export interface Dated<T> {
  at: number
  value: T
}

/** Where things are remembered: the user's state folder. */
export function findStateDir(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'vitest-ec2')
}

export function readAccount(stateDir: string, account: string, region: string): AccountState {
  return { ...EMPTY(), ...readJson<AccountState>(join(stateDir, `${account}-${region}.json`)) }
}

/** Changes what is remembered. Read anew first, so that runs side by side lose nothing of each other's. */
export function updateAccount(
  stateDir: string,
  account: string,
  region: string,
  change: (state: AccountState) => void,
): AccountState {
  const state = readAccount(stateDir, account, region)
  change(state)
  writeJson(join(stateDir, `${account}-${region}.json`), state)
  return state
}

export function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch {
    return undefined // not there, or cut short by a full disk: as if it were not there
  }
}

/** Whole or not at all, and for the user's eyes only. */
export function writeJson(file: string, value: unknown): void {
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 })
  const part = `${file}.${process.pid}.part`
  writeFileSync(part, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  renameSync(part, file)
}

export function isFresh(dated: Dated<unknown> | undefined, maxAgeMs: number): boolean {
  return dated !== undefined && Date.now() - dated.at < maxAgeMs
}

const EMPTY = (): AccountState => ({
  securityGroups: {},
  networks: {},
  offerings: {},
  images: {},
  quotas: {},
  prices: {},
  sizes: {},
})
