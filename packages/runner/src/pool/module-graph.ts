import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { createMethodsRPC, TestProject } from 'vitest/node'

export type Methods = ReturnType<typeof createMethodsRPC>
type FetchResult = Awaited<ReturnType<Methods['fetch']>>

/** The modules that test files import, transformed, as the worker would fetch them one by one. */
export interface ModuleGraph {
  /** by url and by id */
  modules: Record<string, unknown>
  /** files that Node itself will load on the host */
  externals: Set<string>
}

/**
 * Walks the import graph below resolved urls with everything a worker may ask for, `import()` targets included. What
 * cannot be transformed is left out: the worker asks for it if it really needs it, and reports it as it always does.
 */
export async function walkModules(
  project: TestProject,
  methods: Methods,
  environment: string,
  urls: readonly string[],
): Promise<ModuleGraph> {
  const { moduleGraph } = project.vite.environments[environment]!
  const modules: Record<string, unknown> = {}
  const externals = new Set<string>()
  const seen = new Set<string>()

  await Promise.all(urls.map((url) => visit(url, undefined)))
  return { modules, externals }

  async function visit(url: string, importer: string | undefined): Promise<void> {
    if (seen.has(url)) return
    seen.add(url)
    const result = await fetchInlined(methods, url, importer, environment).catch(() => undefined)
    if (!result) return
    modules[url] = result
    if ('externalize' in result) {
      if (result.type === 'module') externals.add(toPath(result.externalize))
      return
    }
    if (!('id' in result)) return
    modules[result.id] = result
    const node = moduleGraph.getModuleById(result.id)
    await Promise.all([...(node?.importedModules ?? [])].map((child) => visit(child.url, result.id)))
  }
}

/** Vitest's answer to `fetch`, with the code in it where Vitest names a file of this disk instead. */
export async function fetchInlined(
  methods: Methods,
  url: string,
  importer: string | undefined,
  environment: string,
): Promise<FetchResult> {
  return (await inline(await methods.fetch(url, importer, environment))) as FetchResult
}

/** Puts the code into an answer that names a file of this disk; everything else is returned as it is. */
export async function inline(result: unknown): Promise<unknown> {
  if (typeof result !== 'object' || result === null || !('tmp' in result) || typeof result.tmp !== 'string')
    return result
  const { tmp, cached: _, ...rest } = result as { tmp: string; cached?: boolean }
  return { ...rest, ...splitSourceMap(await readFile(tmp, 'utf8')) }
}

/** Vitest keeps a module's source map behind its code. */
function splitSourceMap(content: string): { code: string; sourceMap?: string } {
  const marker = '\n//# vitestSourceMap='
  const at = content.lastIndexOf(marker)
  const code = at === -1 ? content : content.slice(0, at)
  const sourceMap = at === -1 ? '' : content.slice(at + marker.length)
  return sourceMap ? { code, sourceMap } : { code }
}

function toPath(external: string): string {
  return external.startsWith('file:') ? fileURLToPath(external) : external
}
