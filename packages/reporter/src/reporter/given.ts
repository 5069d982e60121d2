import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { NotebookError } from '../errors.ts'
import type { NotebookSettings } from '../notebook/settings.ts'
import { encodedType } from '../notebook/pictures/media.ts'
import { quote } from '../run/shell.ts'

/** JSON of name -> text: the parameters of a run. Set by `vitest-notebook run --param`, or by hand. */
export const PARAMETERS_VARIABLE = 'VITEST_NOTEBOOK_PARAMS'
/** Sent to every worker. */
const MAX_PICTURE_BYTES = 32 << 20

/**
 * Parameters that were given from outside. A value that is the path of a picture on this machine comes with its bytes: the
 * worker may be on another one.
 *
 * @throws NotebookError `NOTEBOOK_PARAMETER` when the variable holds something else
 */
export function readGiven(
  env: NodeJS.ProcessEnv = process.env,
  cwd: string = process.cwd(),
): Pick<NotebookSettings, 'given' | 'pictures'> {
  const given: Record<string, string> = {}
  const pictures: NotebookSettings['pictures'] = {}
  for (const [name, value] of Object.entries(parse(env, PARAMETERS_VARIABLE))) {
    given[name] = typeof value === 'string' ? value : JSON.stringify(value)
    const picture = readPicture(given[name], cwd)
    if (picture) pictures[name] = picture
  }
  return { given, pictures }
}

/**
 * The command that does a whole run again with the same parameters: by `vitest-notebook run` where one file was named, else by
 * Vitest and the variable.
 *
 * @param argv Vitest's arguments
 * @param isFile whether an argument names a file, and is no flag's value
 */
export function runAgainCommand(
  argv: readonly string[],
  given: Record<string, string>,
  isFile: (arg: string) => boolean = (arg) => statSync(arg, { throwIfNoEntry: false })?.isFile() ?? false,
): string {
  const vitest = ['npx vitest', ...argv.map(quote)].join(' ')
  if (Object.keys(given).length === 0) return vitest
  const [file, ...more] = argv.filter(isFile)
  if (file === undefined || more.length > 0) return `${PARAMETERS_VARIABLE}=${quote(JSON.stringify(given))} ${vitest}`
  const params = Object.entries(given).map(([name, value]) => ` --param ${quote(`${name}=${value}`)}`)
  const rest = argv.filter((arg) => arg !== 'run' && arg !== file)
  return `npx vitest-notebook run ${quote(file)}${params.join('')}${rest.length > 0 ? ` -- ${rest.map(quote).join(' ')}` : ''}`
}

/** Vitest's arguments without `run` and what names files: a word that no flag comes before. */
export function flagsOf(argv: readonly string[]): string[] {
  return argv.filter((arg, index) => arg.startsWith('-') || /^-[^=]*$/.test(argv[index - 1] ?? ''))
}

function readPicture(value: string, cwd: string): { name: string; data: Uint8Array } | undefined {
  const path = resolve(cwd, value)
  if (!existsSync(path) || !statSync(path).isFile()) return undefined
  if (statSync(path).size > MAX_PICTURE_BYTES) {
    const size = `${Math.round(statSync(path).size / 1e6)} MB`
    throw new NotebookError(
      'NOTEBOOK_PARAMETER',
      `${value} has ${size}; a parameter may have ${MAX_PICTURE_BYTES >> 20} MiB. Scale it down.`,
    )
  }
  const data = new Uint8Array(readFileSync(path))
  return encodedType(data) ? { name: basename(path), data } : undefined
}

function parse(env: NodeJS.ProcessEnv, name: string): Record<string, unknown> {
  const text = env[name]
  if (text === undefined || text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // said below
  }
  throw new NotebookError(
    'NOTEBOOK_PARAMETER',
    `Expected the variable ${name} to hold a JSON object such as {"size":"512"}, got \`${text.slice(0, 100)}\`.`,
  )
}
