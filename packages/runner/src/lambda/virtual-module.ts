import { createHash } from 'node:crypto'
import MagicString from 'magic-string'
import type { ESTree } from 'vite'
import type { Lambda } from './analyse.ts'

type Parts = Pick<Lambda, 'start' | 'end' | 'captures' | 'imports' | 'helpers'>

/**
 * The module of one lambda: its imports, then a factory of its captures that holds copies of its helpers. Everything
 * stands where it stood, so that positions lead back to the file.
 */
export function toVirtualModule(code: string, file: string, lambda: Parts): { code: string; map: string } {
  const text = new MagicString(code)
  const own = { start: lambda.start, end: lambda.end }
  const kept = [...lambda.helpers, own].toSorted((a, b) => a.start - b.start)
  let at = 0
  for (const { start, end } of kept) {
    if (start > at) text.remove(at, start)
    at = end
  }
  text.remove(at, code.length)
  for (const range of kept) {
    if (range === own) {
      text.prependRight(own.start, 'return (').appendLeft(own.end, ')\n')
      continue
    }
    text.appendLeft(range.end, ';\n')
    if (range.start > own.start) text.move(range.start, range.end, own.start)
  }
  const imports = [...lambda.imports].map(([name, node]) => toImport(name, node)).join('')
  text.prepend(`${imports}export default ([${lambda.captures.join(', ')}]) => {\n`)
  text.append('}\n')
  const map = text.generateMap({ source: file, includeContent: true, hires: 'boundary' })
  return { code: text.toString(), map: map.toString() }
}

export function nameLambda(index: number, code: string, file: string, lambda: Parts): string {
  const hash = createHash('sha256')
    .update(toVirtualModule(code, file, lambda).code)
    .digest('hex')
  return `${index}-${hash.slice(0, 8)}`
}

/** The import of one name; nothing for a type. */
function toImport(name: string, node: ESTree.ImportDeclaration): string {
  const specifier = node.specifiers.find(({ local }) => local.name === name)
  if (!specifier || node.importKind === 'type') return ''
  const from = `from ${node.source.raw}${toAttributes(node)}\n`
  if (specifier.type === 'ImportNamespaceSpecifier') return `import * as ${name} ${from}`
  if (specifier.type === 'ImportDefaultSpecifier') return `import ${name} ${from}`
  if (specifier.importKind === 'type') return ''
  const { imported } = specifier
  return `import { ${imported.type === 'Identifier' ? imported.name : imported.raw} as ${name} } ${from}`
}

function toAttributes({ attributes }: ESTree.ImportDeclaration): string {
  if (attributes.length === 0) return ''
  const all = attributes.map(({ key, value }) => `${key.type === 'Identifier' ? key.name : key.raw}: ${value.raw}`)
  return ` with { ${all.join(', ')} }`
}
