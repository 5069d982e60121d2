import { fileURLToPath } from 'node:url'
import type { DevEnvironment, FetchResult } from 'vite'
import { ESModulesEvaluator } from 'vite/module-runner'
import { moduleKey } from '../wire/functions.ts'
import { externalize } from './externalize.ts'
import type { LambdaGraph } from './mark.ts'

/** Positions in stacks count from where the evaluator puts the code. */
const { startOffset } = new ESModulesEvaluator()
const IMPORTS = /__vite_ssr_(?:dynamic_)?import__\(("(?:[^"\\]|\\.)*")/g

/** A module and all local ones below it, as Vite's module runner wants them. Packages stay imports. */
export async function collectGraph(
  environment: DevEnvironment,
  entry: string,
): Promise<LambdaGraph & { files: string[] }> {
  const graph = { entry, modules: {} as Record<string, FetchResult>, externals: [] as string[], files: [] as string[] }
  const seen = new Set<string>()
  await visit(entry, undefined)
  return graph

  async function visit(url: string, importer: string | undefined): Promise<void> {
    const key = moduleKey(url, importer)
    if (seen.has(key)) return
    seen.add(key)
    const fetched = await environment.fetchModule(url, importer, startOffset === undefined ? {} : { startOffset })
    const result = ('code' in fetched ? externalize(fetched) : undefined) ?? fetched
    graph.modules[key] = result
    if ('externalize' in result && result.type !== 'builtin') graph.externals.push(toPath(result.externalize))
    if (!('code' in result)) return
    if (result.file) graph.files.push(result.file)
    const imports = [...result.code.matchAll(IMPORTS)].map((match) => JSON.parse(match[1]!) as string)
    await Promise.all([...new Set(imports)].map((child) => visit(child, result.id)))
  }
}

function toPath(external: string): string {
  return external.startsWith('file:') ? fileURLToPath(external) : external
}
