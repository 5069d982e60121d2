import { dirname, relative, sep } from 'node:path'
import { isBelow, resolvePackage } from '../sync/package-resolution.ts'

/** Packages that child processes and threads of tests did not find on a host: what Node said is all that is known of them. */
export interface PackageHints {
  /** a text that Node's message may be in */
  note(text: string): void
  /** a sentence for each package that came since it was asked last */
  take(): string[]
}

const MISSES = [
  /Cannot find package '([^']+)' imported from ([^\s'"]+)/g,
  /Cannot find module '([^']+)'\n\s*Require stack:\n\s*- ([^\s'"]+)/g,
]

/** @param root of the workspace: only what is installed there is told */
export function createPackageHints(root: string): PackageHints {
  const told = new Set<string>()
  let waiting: string[] = []
  return {
    note(text) {
      for (const [, specifier = '', file = ''] of MISSES.flatMap((miss) => [...text.matchAll(miss)])) {
        const name = /^(@[\w.~-]+\/)?[\w~-][\w.~-]*/.exec(specifier)?.[0]
        const found = name !== undefined && isBelow(root, file) && resolvePackage(name, dirname(file), root)
        if (!found || told.has(found.at)) continue
        told.add(found.at)
        waiting.push(relative(root, found.at).split(sep).join('/'))
      }
    },
    take() {
      const paths = waiting.toSorted()
      waiting = []
      return paths.map(
        (path) =>
          `A process or thread that a test started did not find ${path} on its host: \`sync: { include: ['${path}'] }\` brings it there`,
      )
    },
  }
}
