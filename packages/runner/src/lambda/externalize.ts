import { existsSync, readFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FetchResult } from 'vite'

type Fetched = Extract<FetchResult, { code: string }>

/**
 * A module of a package as an import that Node does by itself: also where Vite was told to transform everything, as in
 * Vitest, for CommonJS cannot be. Nothing for what Node would not understand.
 */
export function externalize({ file, code }: Fetched): Extract<FetchResult, { externalize: string }> | undefined {
  if (!file?.includes('/node_modules/')) return undefined
  const isModuleSyntax = /__vite_ssr_(import|export)/.test(code)
  const extension = extname(file)
  const isModule = extension === '.mjs' || (extension === '.js' && typeOf(file) === 'module')
  if (!isModule && (isModuleSyntax || !['.js', '.cjs'].includes(extension))) return undefined
  return { externalize: pathToFileURL(file).href, type: isModule ? 'module' : 'commonjs' }
}

/** `type` of the nearest package.json. */
function typeOf(file: string): string | undefined {
  for (let folder = dirname(file); !folder.endsWith('node_modules'); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest)) return (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: string }).type
  }
  return undefined
}
