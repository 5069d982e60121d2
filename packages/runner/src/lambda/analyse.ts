import { isReferenceIdentifier, ScopeTracker, walk, type ScopeTrackerNode } from 'oxc-walker'
import { parseSync, type ESTree } from 'vite'
import { findTopLevelCode, type Range, type TopLevelDeclaration } from './top-level.ts'
import { nameLambda } from './virtual-module.ts'

/** One function literal among the arguments of `.run(…)` or `.map(…)`, and what it needs to run elsewhere. */
export interface Lambda extends Range {
  /** its number in the file and a hash of its module: another text is another lambda */
  id: string
  line: number
  /** by value: parameters of the module's factory */
  captures: string[]
  imports: Map<string, ESTree.ImportDeclaration>
  /** functions, classes and enums of the file's top level: copied */
  helpers: Set<Range>
  /** why it cannot travel */
  problem: string | undefined
}

/** What a stretch of code uses of the code around it. */
interface FreeNames {
  declarations: Map<string, ScopeTrackerNode>
  problem: string | undefined
}
/** A lambda or helper that the walk is in. */
interface OpenScope {
  node: ESTree.Node
  names: FreeNames
  /** scope of a lambda's own parameters; a helper's is the top level */
  scope: string | undefined
  thisDepth: number
}

const METHODS = new Set(['run', 'map'])
const TYPE_ONLY = /^TS(?!(As|Satisfies|NonNull|Instantiation)Expression$|TypeAssertion$|ParameterProperty$|Enum|Module)/

/** Finds the lambdas of a file's text; none when it cannot be parsed, which the transform of the file says better. */
export function findLambdas(code: string, file: string): Lambda[] {
  const { program, errors } = parseSync(file, code, { sourceType: 'module' })
  if (errors.length > 0) return []
  const scopeTracker = new ScopeTracker({ preserveExitedScopes: true })
  walk(program, { scopeTracker })
  scopeTracker.freeze()

  const topLevel = new Map(findTopLevelCode(program).map((one) => [one.name, one]))
  const helpers = new Map([...topLevel.values()].map(({ node }) => [node, newNames()]))
  const found: { node: ESTree.Node; names: FreeNames }[] = []
  const open: OpenScope[] = []
  let thisDepth = 0
  walk(program, {
    scopeTracker,
    enter(node, parent, { key }) {
      if (TYPE_ONLY.test(node.type)) return this.skip()
      const helper = helpers.get(node)
      if (helper) open.push({ node, names: helper, scope: undefined, thisDepth })
      if (isLambda(node, parent, key)) {
        const names = newNames()
        found.push({ node, names })
        open.push({ node, names, scope: scopeOf(node, scopeTracker.getCurrentScope()), thisDepth })
      }
      if (hasOwnThis(node)) thisDepth += 1
      for (const one of open) note(one, node, parent)
    },
    leave(node) {
      if (hasOwnThis(node)) thisDepth -= 1
      while (open.at(-1)?.node === node) open.pop()
    },
  })
  return found.map(({ node, names }, index) => {
    const lambda = toLambda(node, names, { topLevel, helpers })
    lambda.line = lineOf(node)
    if (/\.[jt]sx$/.test(file)) addJsxFactory(lambda, program, code)
    return { ...lambda, id: nameLambda(index, code, file, lambda) }
  })

  function note(
    { node: own, names, scope, thisDepth: depth }: OpenScope,
    node: ESTree.Node,
    parent: ESTree.Node | null,
  ): void {
    const isOutside = scope !== undefined && thisDepth === depth
    if (isOutside && isOuterThis(node)) {
      names.problem ??= `uses \`${code.slice(node.start, node.end)}\` of the function around it (${where(node)})`
    }
    if ((node.type !== 'Identifier' && node.type !== 'JSXIdentifier') || !isReferenceIdentifier(node, parent)) return
    if (isOutside && node.name === 'arguments') {
      names.problem ??= `uses \`arguments\` of the function around it (${where(node)})`
    }
    const declaration = scopeTracker.getDeclaration(node.name)
    if (!declaration || declaration.type === 'FunctionArguments') return // a global
    const isInside =
      scope === undefined
        ? declaration.scope !== '' || ('id' in own && declaration.node === own.id)
        : declaration.scope === scope || declaration.scope.startsWith(`${scope}-`)
    if (isInside) return
    names.declarations.set(node.name, declaration)
    if (isWrite(node, parent)) {
      names.problem ??= `assigns to \`${node.name}\`, which belongs to the code around it (${where(node)})`
    }
  }

  function where(node: Range): string {
    return `${file}:${lineOf(node)}`
  }

  function lineOf({ start }: Range): number {
    return code.slice(0, start).split('\n').length
  }
}

function newNames(): FreeNames {
  return { declarations: new Map(), problem: undefined }
}

function toLambda(
  { start, end }: ESTree.Node,
  names: FreeNames,
  { topLevel, helpers }: { topLevel: Map<string, TopLevelDeclaration>; helpers: Map<ESTree.Node, FreeNames> },
): Lambda {
  const lambda: Lambda = {
    id: '',
    start,
    end,
    line: 0,
    captures: [],
    imports: new Map(),
    helpers: new Set(),
    problem: undefined,
  }
  const seen = new Set<ScopeTrackerNode>()
  add(names)
  return lambda

  function add({ declarations, problem }: FreeNames): void {
    lambda.problem ??= problem
    for (const [name, declaration] of declarations) {
      if (seen.has(declaration)) continue
      seen.add(declaration)
      const helper = declaration.scope === '' ? topLevel.get(name) : undefined
      if (declaration.type === 'Import') lambda.imports.set(name, declaration.importNode as ESTree.ImportDeclaration)
      else if (helper) {
        lambda.helpers.add(helper.range)
        add(helpers.get(helper.node) ?? newNames())
      } else lambda.captures.push(name)
    }
  }
}

/** The classic transform of JSX calls a factory that the text does not name. */
function addJsxFactory(lambda: Lambda, program: ESTree.Program, code: string): void {
  if (!/<[A-Za-z>]/.test(code.slice(lambda.start, lambda.end))) return
  for (const node of program.body) {
    if (node.type !== 'ImportDeclaration') continue
    for (const { local } of node.specifiers) {
      if (local.name === 'React' || local.name === 'h') lambda.imports.set(local.name, node)
    }
  }
}

function isLambda(node: ESTree.Node, parent: ESTree.Node | null, key: unknown): boolean {
  if (node.type !== 'ArrowFunctionExpression' && node.type !== 'FunctionExpression') return false
  if (parent?.type !== 'CallExpression' || key !== 'arguments') return false
  const { callee } = parent
  return (
    callee.type === 'MemberExpression' && callee.property.type === 'Identifier' && METHODS.has(callee.property.name)
  )
}

/** A function expression has one more scope around it, for its own name. */
function scopeOf(node: ESTree.Node, scope: string): string {
  return node.type === 'FunctionExpression' ? scope.replace(/-?\d+$/, '') || scope : scope
}

function hasOwnThis({ type }: ESTree.Node): boolean {
  return /^Function(Expression|Declaration)$|^(PropertyDefinition|StaticBlock)$/.test(type)
}

/** `this`, `super` and `new.target`; `import.meta` is the module's. */
function isOuterThis(node: ESTree.Node): boolean {
  if (node.type === 'MetaProperty') return node.meta.name !== 'import'
  return node.type === 'ThisExpression' || node.type === 'Super'
}

function isWrite(node: ESTree.Node, parent: ESTree.Node | null): boolean {
  if (parent?.type === 'UpdateExpression') return true
  return (
    (parent?.type === 'AssignmentExpression' ||
      parent?.type === 'ForOfStatement' ||
      parent?.type === 'ForInStatement') &&
    parent.left === node
  )
}
