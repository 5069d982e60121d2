import { readFileSync, statSync } from 'node:fs'
import { extname } from 'node:path'
import { Visitor, parseSync, type CallExpression, type Expression, type Program } from 'oxc-parser'
import type { Position } from './caller.ts'

export interface CellSource {
  /** what the cell does, as it is written: the body of a function without its braces, dedented */
  text: string
  language: 'typescript' | 'javascript'
  /** where the text starts and ends, from 1 */
  line: number
  column: number
  endLine: number
}

interface SourceFile {
  stamp: string
  text: string
  program: Program
  calls: CallExpression[]
  language: CellSource['language']
}

const LANGUAGES = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.jsx': 'jsx',
} as const

const files = new Map<string, SourceFile>()

/**
 * The source of the function that is handed to a call, from the file as it is on disk.
 *
 * @param position of the call
 * @param argument which one is the function, from 0
 * @returns undefined when there is no such file or call: then what runs is not what is on disk
 */
export function cellSource(position: Position, argument: number): CellSource | undefined {
  const file = sourceFile(position.file)
  if (!file) return undefined
  const offset = offsetOf(file.text, position)
  const given = callAt(file.calls, offset)?.arguments[argument]
  if (!given || given.type === 'SpreadElement') return undefined
  const shown = shownRange(unwrap(given), file)
  return { ...cut(file.text, shown), language: file.language }
}

function sourceFile(path: string): SourceFile | undefined {
  const lang = LANGUAGES[extname(path) as keyof typeof LANGUAGES]
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!lang || !stats) return undefined
  const stamp = `${stats.mtimeMs}-${stats.size}`
  const known = files.get(path)
  if (known?.stamp === stamp) return known
  const text = readFileSync(path, 'utf8')
  const { program, errors } = parseSync(path, text, { lang })
  if (errors.length > 0) return undefined
  const calls: CallExpression[] = []
  new Visitor({ CallExpression: (call) => void calls.push(call) }).visit(program)
  const file: SourceFile = {
    stamp,
    text,
    program,
    calls,
    language: lang.startsWith('ts') ? 'typescript' : 'javascript',
  }
  files.set(path, file)
  return file
}

function offsetOf(text: string, { line, column }: Position): number {
  let start = 0
  for (let at = 1; at < line; at++) {
    const next = text.indexOf('\n', start)
    if (next < 0) return text.length
    start = next + 1
  }
  return start + column - 1
}

/** A stack names a place within what is called (`notebook.code`), never within the arguments. */
function callAt(calls: readonly CallExpression[], offset: number): CallExpression | undefined {
  let best: CallExpression | undefined
  for (const call of calls) {
    if (call.start > offset || call.callee.end < offset) continue
    if (!best || call.callee.end - call.start < best.callee.end - best.start) best = call
  }
  return best
}

/** `(fn)`, `fn as T`, `fn satisfies T`, `fn!`. */
function unwrap(node: Expression): Expression {
  switch (node.type) {
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
      return unwrap(node.expression)
    default:
      return node
  }
}

interface Range {
  start: number
  end: number
}

function shownRange(node: Expression, { program, text }: SourceFile): Range {
  if (node.type === 'ArrowFunctionExpression') {
    return node.body.type === 'BlockStatement' ? inside(node.body, text) : unparenthesized(node.body)
  }
  if (node.type === 'FunctionExpression' && node.body) return inside(node.body, text)
  if (node.type === 'Identifier') return declarationOf(node.name, program) ?? node
  return node
}

/** `() => ({ a: 1 })` shows the object. */
function unparenthesized(node: Expression): Range {
  return node.type === 'ParenthesizedExpression' ? unparenthesized(node.expression) : node
}

/** Between the braces; comments at both ends are kept. */
function inside({ start, end }: Range, text: string): Range {
  const first = /^\s*/.exec(text.slice(start + 1, end - 1))?.[0].length ?? 0
  const last = /\s*$/.exec(text.slice(start + 1, end - 1))?.[0].length ?? 0
  if (start + 1 + first >= end - 1) return { start: start + 1, end: start + 1 }
  return { start: start + 1 + first, end: end - 1 - last }
}

/** A cell given by name shows the function of that name, where it stands at the top of the same file. */
function declarationOf(name: string, program: Program): Range | undefined {
  for (const statement of program.body) {
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declared?.type === 'FunctionDeclaration' && declared.id?.name === name) return statement
    if (declared?.type !== 'VariableDeclaration') continue
    for (const { id } of declared.declarations) if (id.type === 'Identifier' && id.name === name) return statement
  }
  return undefined
}

function cut(text: string, { start, end }: Range): Omit<CellSource, 'language'> {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const indent = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? ''
  const [first = '', ...others] = text.slice(start, end).split('\n')
  const rest = dedent(others, text.slice(lineStart, start).trim() === '' ? indent : undefined)
  const line = text.slice(0, start).split('\n').length
  return { text: [first, ...rest].join('\n'), line, column: start - lineStart + 1, endLine: line + others.length }
}

/** The first line starts where the text starts; the others lose its indent, or what they have in common. */
function dedent(lines: readonly string[], indent: string | undefined): string[] {
  const common = indent ?? shortest(lines.filter((line) => line.trim() !== '').map((line) => /^[ \t]*/.exec(line)![0]))
  return lines.map((line) => (line.startsWith(common) ? line.slice(common.length) : line))
}

function shortest(indents: readonly string[]): string {
  return indents.reduce((least, one) => (one.length < least.length ? one : least), indents[0] ?? '')
}
