import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** What known_hosts files say of one host. */
export interface KnownKeys {
  /** `ssh-ed25519 AAAA…` */
  accepted: string[]
  revoked: string[]
}

/** Reads known_hosts files: plain, hashed, with wildcards and negation. Certificate authorities are left out. */
export function findKnownKeys(files: readonly string[], host: string, port: number): KnownKeys {
  const names = port === 22 ? [host] : [`[${host}]:${port}`]
  const keys: KnownKeys = { accepted: [], revoked: [] }
  for (const line of files.flatMap(readLines)) {
    const fields = line.trim().split(/\s+/)
    const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined
    const [patterns = '', type, key] = fields
    if (type === undefined || key === undefined || patterns.startsWith('#')) continue
    if (!names.some((name) => matches(patterns, name))) continue
    if (marker === '@revoked') keys.revoked.push(`${type} ${key}`)
    else if (marker === undefined) keys.accepted.push(`${type} ${key}`)
  }
  return keys
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch {
    return []
  }
}

function matches(patterns: string, name: string): boolean {
  if (patterns.startsWith('|1|')) {
    const [, , salt = '', hash] = patterns.split('|')
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash
  }
  let isMatch = false
  for (const pattern of patterns.split(',')) {
    const isNegated = pattern.startsWith('!')
    if (!toRegExp(isNegated ? pattern.slice(1) : pattern).test(name)) continue
    if (isNegated) return false
    isMatch = true
  }
  return isMatch
}

function toRegExp(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'i')
}
