import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { PackageManifest } from './host-platform.ts'

/**
 * Of Vite, a Vitest worker loads its module runner and nothing else: the server, the bundler and their binaries (60 MB)
 * work on the client. Files are relative to Vite's folder; nothing when this Vite names its runner in another way.
 */
export function moduleRunnerOf(folder: string, { exports }: PackageManifest): string[] | undefined {
  const entry = (exports as Record<string, unknown> | undefined)?.['./module-runner']
  const file = typeof entry === 'string' ? entry : (entry as { default?: unknown } | undefined)?.default
  if (typeof file !== 'string') return undefined
  const files = new Set<string>()
  try {
    follow(join(folder, file))
  } catch {
    return undefined
  }
  return ['package.json', ...[...files].map((path) => relative(folder, path))]

  function follow(path: string): void {
    if (files.has(path)) return
    files.add(path)
    for (const [, specifier] of readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g)) {
      follow(join(dirname(path), specifier!))
    }
  }
}

/** True for the packages of Vitest itself. What it can do without (peers such as jsdom) is asked for by name. */
export function isVitest({ name = '' }: PackageManifest): boolean {
  return name === 'vitest' || name.startsWith('@vitest/')
}
