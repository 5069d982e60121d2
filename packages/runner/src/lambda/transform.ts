import MagicString from 'magic-string'
import { findLambdas } from './analyse.ts'
import { MARK_KEY } from './mark.ts'

/** Marks the lambdas of a file with what they need to travel; nothing when there are none. */
export function markLambdas(code: string, file: string): { code: string; map: string } | undefined {
  const lambdas = findLambdas(code, file)
  if (lambdas.length === 0) return undefined
  const text = new MagicString(code)
  for (const { id, start, end, line, captures, problem } of lambdas) {
    const values = problem === undefined ? `() => [${captures.join(', ')}]` : '() => []'
    const facts = [`${file}:${line}`, id, captures, problem].map((fact) => JSON.stringify(fact) ?? 'undefined')
    text.appendRight(start, '__vitestEc2Lambda(').prependLeft(end, `, ${values}, ${facts.join(', ')})`)
  }
  // A declaration is hoisted: it is there in factories of `vi.mock`, where an import is not yet.
  // A property costs nothing that can be measured, which counts in a `.map(` that is called a million times.
  text.append(`
function __vitestEc2Lambda(fn, values, at, id, names, problem) {
  const graph = () => import(/* @vite-ignore */ ${JSON.stringify(file)} + '?lambda=' + id + '&graph')
  fn[${MARK_KEY}] = { at, names, values, problem, graph }
  return fn
}
`)
  return { code: text.toString(), map: text.generateMap({ source: file, hires: 'boundary' }).toString() }
}
