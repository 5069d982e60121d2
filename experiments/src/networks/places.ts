import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { NetworkError } from './errors.ts'

export interface FetchOptions {
  /** a folder or URL that has the files; defaults to the variable EXPERIMENTS_MIRROR */
  readonly mirror?: string | undefined
  /** where downloads are kept; defaults to a folder of the user's cache */
  readonly cache?: string | undefined
}

/** Both options, with the user's own folder and variable where they are not given. */
export function withDefaults(options: FetchOptions): { readonly mirror: string; readonly cache: string } {
  const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  return {
    mirror: options.mirror ?? process.env['EXPERIMENTS_MIRROR'] ?? '',
    cache: options.cache ?? join(base, 'vitest-experiments', 'networks'),
  }
}

export function isUrl(place: string): boolean {
  return /^https?:/.test(place)
}

/** The place of a file in a mirror, a folder or a URL. */
export function inMirror(mirror: string, name: string): string {
  return isUrl(mirror) ? `${mirror.replace(/\/$/, '')}/${name}` : join(mirror, name)
}

/** The SHA-256 of bytes, in hexadecimal. */
export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Compares the SHA-256 of bytes with what was pinned. */
export function verify(bytes: Uint8Array, sha256: string, what: string): void {
  const found = hashOf(bytes)
  if (found !== sha256) throw new Error(`Expected ${what} to have the SHA-256 ${sha256}, got ${found}`)
}

/** The error of a file that no place has, with what each of them answered. */
export function unavailable(
  network: string,
  file: string,
  failures: readonly { readonly place: string; readonly error: unknown }[],
): NetworkError {
  const tried = failures.map(({ place, error }) => `  ${place}: ${reason(error)}`)
  return new NetworkError(
    'NETWORK_UNAVAILABLE',
    `Cannot get ${file} for the network ${network}. Tried\n${tried.join('\n')}`,
    { network, file },
    {
      fix: `Without a way to the net, use the network 'default', or name a folder or URL that has ${file} in EXPERIMENTS_MIRROR.`,
      cause: failures.at(-1)?.error,
    },
  )
}

function reason(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error ? `${message} (${cause.message || (cause as NodeJS.ErrnoException).code})` : message
}
