import { relative, sep } from 'node:path'
import picomatch from 'picomatch'

/** True for a glob of `sync` that means a package: it ends in the name of one, `node_modules/NAME`. All others are for files. */
export function isPackagePattern(pattern: string): boolean {
  return /(^|\/)node_modules\/(@[^*/]+\/)?[^@*/][^*/]*\/?$/.test(pattern)
}

/** True for the places of packages, absolute, that globs relative to the root mean. */
export function packageFilter(root: string, patterns: readonly string[]): (at: string) => boolean {
  const meant = patterns.filter(isPackagePattern).map((pattern) => pattern.replace(/\/$/, ''))
  if (meant.length === 0) return () => false
  const matches = picomatch(meant, { dot: true })
  return (at) => matches(relative(root, at).split(sep).join('/'))
}
