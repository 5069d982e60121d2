import { getUndeclaredIdentifiersInFunction } from 'oxc-walker'
import { parseSync, type ESTree } from 'vite'
import { Ec2Error } from '../errors.ts'

/**
 * The text of a function as an expression, and the names in it that neither it nor JavaScript itself declares.
 * @throws Ec2Error `EC2_FUNCTION` when it is no function that stands on its own
 */
export function findFreeNames(text: string): { source: string; names: string[] } {
  for (const source of [`(${text})`, `({ ${text} })[${JSON.stringify(methodName(text))}]`]) {
    const { program, errors } = parseSync('function.js', source, { sourceType: 'module' })
    if (errors.length > 0) continue
    const fn = findFunction(program)
    if (fn) return { source, names: getUndeclaredIdentifiersInFunction(fn).filter((name) => !(name in globalThis)) }
  }
  throw new Ec2Error('EC2_FUNCTION', `The function cannot be sent: \`${text.slice(0, 80)}\` is no function on its own`)
}

/** `name` of `name(…) {}`, `async name(…) {}`, `*name(…) {}` */
function methodName(text: string): string {
  return /^(?:async\s+)?\*?\s*([\w$]+)\s*\(/.exec(text)?.[1] ?? ''
}

function findFunction(program: ESTree.Program): ESTree.Function | ESTree.ArrowFunctionExpression | undefined {
  const [statement] = program.body
  if (statement?.type !== 'ExpressionStatement') return undefined
  let { expression } = statement
  while (expression.type === 'ParenthesizedExpression') ({ expression } = expression)
  if (expression.type === 'MemberExpression') {
    let { object } = expression
    while (object.type === 'ParenthesizedExpression') object = object.expression
    const property = object.type === 'ObjectExpression' ? object.properties[0] : undefined
    return property?.type === 'Property' && property.value.type === 'FunctionExpression' ? property.value : undefined
  }
  if (expression.type === 'ArrowFunctionExpression' || expression.type === 'FunctionExpression') return expression
  return undefined
}
