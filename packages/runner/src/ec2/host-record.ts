import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { InstanceSpec } from '../options.ts'
import type { ResolvedEc2Options } from '../options-resolve.ts'
import type { Route } from './route.ts'
import type { Market } from './survey.ts'
import { readJson, writeJson } from './state.ts'

/** What this machine knows of a host that it launched; with its host key, which nobody else knows. */
export interface HostRecord extends Route {
  id: string
  token: string
  account: string
  region: string
  kind: string
  config: string
  type: string
  zone: string
  market: Market
  usdPerHour: number | undefined
  startedAt: number
  /** ms since 1970: the end of its life, whatever happens */
  expiresAt: number
  user: string
  hostKeys: string[]
  /** ms since 1970: warm until then */
  warmUntil: number
}

/** Leaves a warm host for whoever of this owner comes next. */
export function leaveRecord(stateDir: string, record: HostRecord): void {
  writeJson(join(stateDir, 'hosts', `${record.id}.json`), record)
}

export function dropRecord(stateDir: string, id: string): void {
  rmSync(join(stateDir, 'hosts', `${id}.json`), { force: true })
}

export function readRecords(stateDir: string): HostRecord[] {
  const folder = join(stateDir, 'hosts')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return names.flatMap((name) => readJson<HostRecord>(join(folder, name)) ?? [])
}

/** Takes the record out of the folder: of several processes that try, one gets it. */
export function claimRecord(stateDir: string, { id }: HostRecord): boolean {
  const file = join(stateDir, 'hosts', `${id}.json`)
  const taken = `${file}.${process.pid}`
  try {
    renameSync(file, taken)
    rmSync(taken)
    return true
  } catch {
    return false
  }
}

/** Equal for hosts that can stand in for each other. */
export function configHash(
  kind: string,
  spec: InstanceSpec,
  owner: string,
  allow: ResolvedEc2Options['iam']['allow'],
): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, spec, owner, allow]))
    .digest('hex')
    .slice(0, 16)
}
