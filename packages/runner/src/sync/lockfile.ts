import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { PackageManifest } from './host-platform.ts'

/** What a lockfile says of a package: npm's also what machines it is for. */
export interface LockedPackage extends Pick<PackageManifest, 'os' | 'cpu' | 'libc'> {
  version: string
  integrity?: string
}

export interface Lockfile {
  /** `from`: folder of the package that asks for it, relative to the root, with `/`; `wanted`: version as asked for */
  find(name: string, wanted: string, from: string): LockedPackage | undefined
}

/** The lockfile of a workspace, by npm, pnpm or Yarn 1: it lists packages for all platforms. Without one nothing is known. */
export function readLockfile(root: string): Lockfile {
  const npm = read(root, 'package-lock.json') ?? read(root, 'npm-shrinkwrap.json')
  const other = read(root, 'pnpm-lock.yaml') ?? read(root, 'yarn.lock')
  const packages = npm === undefined ? {} : parse(npm)
  const entries = other?.split(/\r?\n\s*\n/) ?? []
  return {
    find(name, wanted, from) {
      for (let folder = from; ; folder = posix.dirname(folder)) {
        const found = packages[posix.join(folder, 'node_modules', name)]
        if (found) return found
        if (folder === posix.dirname(folder)) break
      }
      const entry = entries.find((text) => /^\s*['"/]*([^'":]+)/.exec(text)?.[1] === `${name}@${wanted}`)
      const [, integrity] = /\bintegrity:? (sha\d+-[\w+/=]+)/.exec(entry ?? '') ?? []
      return integrity === undefined ? undefined : { version: wanted, integrity }
    },
  }
}

function parse(text: string): Record<string, LockedPackage> {
  try {
    return (JSON.parse(text) as { packages?: Record<string, LockedPackage> }).packages ?? {}
  } catch {
    return {} // in the middle of a merge, say
  }
}

function read(root: string, name: string): string | undefined {
  try {
    return readFileSync(join(root, name), 'utf8')
  } catch {
    return undefined
  }
}
