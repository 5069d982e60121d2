import { existsSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, resolve } from 'node:path'
import { parseSync } from 'vite'

/** Names of the packages that a module and the local modules below it import: what has to be where they run. */
export function packagesOfModule(file: string): string[] {
  const packages = new Set<string>()
  const seen = new Set<string>()
  const queue = [file]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next) || !existsSync(next)) continue
    seen.add(next)
    for (const specifier of importsOf(next)) {
      if (specifier.startsWith('.')) queue.push(resolve(dirname(next), specifier))
      else if (!isBuiltin(specifier) && !/^[a-z]+:|^[/#]/.test(specifier)) packages.add(specifier)
    }
  }
  return [...packages]
}

function importsOf(file: string): string[] {
  if (!/\.[cm]?[jt]sx?$/.test(file)) return []
  const code = readFileSync(file, 'utf8')
  const { module } = parseSync(file, code)
  const named = [...module.staticImports, ...module.staticExports.flatMap(({ entries }) => entries)]
  const statics = named.flatMap((one) => ('moduleRequest' in one && one.moduleRequest ? [one.moduleRequest.value] : []))
  // `import('x')`, and `require('x')` of CommonJS: only what is written out can be known.
  const calls = [...code.matchAll(/\b(?:import|require)\(\s*(['"])([^'"\n]+)\1\s*\)/g)].map(
    ([, , specifier = '']) => specifier,
  )
  return [...statics, ...calls]
}
