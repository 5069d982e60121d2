/** What the transform puts on a function literal that may travel. */
export interface LambdaMark {
  /** `file.ts:12` of the literal */
  at: string
  /** what it captures by value, at the moment it is called for */
  names: readonly string[]
  values: () => unknown[]
  /** why it cannot travel: told when it is to, because `.map(` of an array looks the same */
  problem?: string
  graph: () => Promise<{ default: LambdaGraph }>
}

/** A lambda's module and all local ones below it, transformed. */
export interface LambdaGraph {
  /** url of the lambda's module */
  entry: string
  /** by `moduleKey` */
  modules: Record<string, unknown>
  /** module files that Node itself loads */
  externals: string[]
}

const KEY = Symbol.for('vitest-ec2.lambda')

/** The key as it is written into transformed code. */
export const MARK_KEY = "Symbol.for('vitest-ec2.lambda')"

export function findMark(fn: (...args: never[]) => unknown): LambdaMark | undefined {
  return (fn as { [KEY]?: LambdaMark })[KEY]
}
