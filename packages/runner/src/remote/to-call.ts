import { Ec2Error } from '../errors.ts'
import { findMark, type LambdaGraph, type LambdaMark } from '../lambda/mark.ts'
import { whyNotCloneable } from '../wire/cloneable.ts'

/** A function as it travels: what is called over there, and the modules it takes. */
export type Travelling = { source: string } | { graph: LambdaGraph; captures: unknown[] }

/** What Vite makes of `import()`. */
const DYNAMIC_IMPORT = '__vite_ssr_dynamic_import__'

type AnyFunction = (...args: never[]) => unknown

/**
 * Makes a function ready to travel.
 * @throws Ec2Error `EC2_FUNCTION` that names the captured variable or argument that cannot, and where
 */
export async function toTravelling(fn: AnyFunction, args: readonly unknown[]): Promise<Travelling> {
  if (typeof fn !== 'function') {
    throw new Ec2Error(
      'EC2_FUNCTION',
      `Expected a function to run on the host, got ${fn === null ? 'null' : `a ${typeof fn}`}`,
    )
  }
  const mark = findMark(fn)
  const at = mark ? ` (${mark.at})` : ''
  if (mark?.problem) {
    throw new Ec2Error('EC2_FUNCTION', `The function${at} cannot run on a host: it ${mark.problem}`, {
      fix: 'Pass what it needs as arguments, and return what it makes.',
    })
  }
  args.forEach((arg, index) => {
    if (!(arg instanceof AbortSignal)) checkCloneable(arg, `argument ${index + 1}`, at)
  })
  if (mark) return { captures: readCaptures(mark, at), graph: (await mark.graph()).default }
  return { source: await toSource(fn) }
}

function readCaptures(mark: LambdaMark, at: string): unknown[] {
  const captures = mark.values()
  mark.names.forEach((name, index) => checkCloneable(captures[index], `the captured variable \`${name}\``, at, name))
  return captures
}

function checkCloneable(value: unknown, what: string, at: string, variable?: string): void {
  const why = whyNotCloneable(value, what)
  if (why === undefined) return
  throw new Ec2Error('EC2_FUNCTION', `The function${at} cannot run on a host: ${why}, which cannot travel`, {
    fix: 'Send plain data, and make the rest over there: functions and classes of the top level of a file travel as code.',
    data: variable === undefined ? {} : { variable },
  })
}

/** A function of a file that no plugin of ours saw: it works as long as it captures nothing. */
async function toSource(fn: AnyFunction): Promise<string> {
  const text = String(fn)
  if (/\{\s*\[native code\]\s*\}$/.test(text)) {
    throw new Ec2Error(
      'EC2_FUNCTION',
      `\`${fn.name || 'The function'}\` is built in or bound and has no text to send`,
      {
        fix: 'Wrap it: `(value) => Math.sqrt(value)`.',
      },
    )
  }
  const { findFreeNames } = await import('../lambda/free-names.ts') // with Vite's parser, which is large
  const { source, names: all } = findFreeNames(text)
  const names = all.filter((name) => name !== DYNAMIC_IMPORT)
  if (names.length === 0) {
    const shim = all.length > 0 ? `const ${DYNAMIC_IMPORT} = (path) => import(path); ` : ''
    return `${shim}export default ${source}`
  }
  const shown = names.map((name) => (name.startsWith('__vite_ssr_import') ? 'something it imports' : `\`${name}\``))
  throw new Ec2Error(
    'EC2_FUNCTION',
    `The function${fn.name ? ` \`${fn.name}\`` : ''} captures ${[...new Set(shown)].join(', ')}, which stays here: no plugin of ours transformed its file`,
    {
      fix: 'Pass what it needs as arguments; or write it as a literal within `run(…)`, in a file that imports `vitest-pool-ec2/remote` and that Vitest or Vite transforms with the plugin `ec2()`.',
      data: { variables: names },
    },
  )
}
