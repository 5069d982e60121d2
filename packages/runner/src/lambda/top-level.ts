import type { ESTree } from 'vite'

/** A stretch of a file's text. */
export interface Range {
  start: number
  end: number
}

/** What a statement of a file's top level declares: the text to copy, and the function, class or enum it may be. */
export interface TopLevelDeclaration {
  name: string
  range: Range
  node: ESTree.Node
}

const CODE = /^((Function|Class)(Declaration|Expression)|ArrowFunctionExpression|TSEnumDeclaration)$/

/** The functions, classes and enums of a file's top level: code, that may be copied, where everything else is state. */
export function findTopLevelCode(program: ESTree.Program): TopLevelDeclaration[] {
  return program.body.flatMap((statement) => {
    const declaration = 'declaration' in statement ? statement.declaration : statement
    if (!declaration) return []
    if (declaration.type === 'VariableDeclaration') return ofVariable(declaration)
    if (!CODE.test(declaration.type) || !('id' in declaration) || declaration.id?.type !== 'Identifier') return []
    return [{ name: declaration.id.name, range: declaration, node: declaration }]
  })
}

/** `const double = (n) => n * 2`: one name that stays what it is. */
function ofVariable(node: ESTree.VariableDeclaration): TopLevelDeclaration[] {
  const [first, second] = node.declarations
  if (node.kind !== 'const' || second || first?.id.type !== 'Identifier' || !first.init) return []
  return CODE.test(first.init.type) ? [{ name: first.id.name, range: node, node: first.init }] : []
}
