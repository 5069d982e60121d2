import { posix } from 'node:path'
import { quote } from '../run/shell.ts'
import { toSpec, type FieldSpec, type Params } from './fields.ts'
import type { NotebookSettings } from './settings.ts'

/** One test, as far as its command goes. */
export interface Rerunnable {
  /** relative to the project's root, with `/` */
  file: string
  /** names of suites and test */
  test: readonly string[]
  /** the only one in its file */
  isAlone: boolean
  params: Params
  values: Readonly<Record<string, unknown>>
  /** paths of pictures that are neither the default nor given, by parameter; as seen from where the command is called */
  pictures?: Readonly<Record<string, string>>
}

/**
 * The command that runs one test again: with the values of all its parameters, since defaults change, and Vitest's arguments as
 * they were. Pictures are named by path; one that has none is left to its default.
 */
export function rerunCommand(
  { file, test, isAlone, params, values, pictures = {} }: Rerunnable,
  { rerun, given, project, subfolder }: Pick<NotebookSettings, 'rerun' | 'given' | 'project' | 'subfolder'>,
): string {
  const path = posix.join(rerun.root, file)
  const words = Object.entries(params).flatMap(([name, field]) => {
    const text = given[name] ?? pictures[name] ?? textOf(toSpec(field), values[name], posix.dirname(path))
    return text === undefined ? [] : [`--param ${quote(`${name}=${text}`)}`]
  })
  const rest = rerun.args.map(quote)
  if (subfolder !== undefined && !rerun.args.some((arg) => arg.startsWith('--project')))
    rest.push('--project', quote(project))
  if (!isAlone && !rerun.args.some((arg) => /^(?:-t|--testNamePattern)\b/.test(arg))) {
    rest.push('-t', quote(`^${test.join(' ').replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)}$`))
  }
  const parts = [
    `npx vitest-notebook run ${quote(path)}`,
    ...words,
    ...(rest.length > 0 ? [`-- ${rest.join(' ')}`] : []),
  ]
  return parts.join(words.length > 1 ? ' \\\n  ' : ' ')
}

/** As `--param` takes it. */
function textOf({ type, default: initial }: FieldSpec<unknown>, value: unknown, folder: string): string | undefined {
  if (type === 'picture') return typeof initial === 'string' ? pathOf(initial, folder) : undefined
  if (type === 'json') return JSON.stringify(value)
  return value === '' ? undefined : String(value)
}

/** A default picture lies beside its test file, and the command is called elsewhere. */
function pathOf(picture: string, folder: string): string {
  return /^(?:\w+:|\/)/.test(picture) ? picture : posix.join(folder, picture)
}
