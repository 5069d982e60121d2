import { basename } from 'node:path'
import type { RunnerTestFile } from 'vitest'
import { NotebookError } from '../errors.ts'
import { writeAsset } from '../journal/assets.ts'
import type { BeginEvent } from '../journal/schema.ts'
import { parseField, toSpec, type FieldSpec, type Params } from './fields.ts'
import { isPictureFile } from './picture.ts'
import { encodedType } from './pictures/media.ts'
import { fetchPicture } from './pictures/read.ts'
import type { NotebookSettings } from './settings.ts'

/**
 * The values of an experiment's parameters: what was given from outside where it was, what an earlier run had that is replayed,
 * the default otherwise.
 *
 * @param replayed of the same test
 * @param baseDir folder of the test file: where default pictures start
 * @throws NotebookError `NOTEBOOK_PARAMETER` for a value of another type, `NOTEBOOK_PICTURE` for a picture that cannot be read
 */
export async function resolveParameters(
  params: Params,
  settings: Pick<NotebookSettings, 'given' | 'pictures'> | undefined,
  baseDir: string,
  replayed: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(params)) {
    const spec = toSpec(field)
    const text = settings?.given[name]
    if (text === undefined && name in replayed) values[name] = replayed[name]
    else if (spec.type === 'picture')
      values[name] = settings?.pictures[name] ?? (await readPicture(text ?? spec.default, baseDir))
    else values[name] = text === undefined ? spec.default : parseField(`the parameter \`${name}\``, spec, text)
  }
  return values
}

/**
 * What is given has to be a parameter of some test of the file, where no other file can have it.
 *
 * @throws NotebookError `NOTEBOOK_PARAMETER`
 */
export function refuseUnknown(file: RunnerTestFile, { given, isAlone }: NotebookSettings): void {
  if (!isAlone) return
  const known = new Set(namesOf(file.tasks))
  const unknown = Object.keys(given).filter((name) => !known.has(name))
  if (unknown.length > 0) throw unknownParameters(unknown, file.name, known)
}

export function unknownParameters(names: readonly string[], where: string, known: ReadonlySet<string>): NotebookError {
  const list = (all: Iterable<string>) => [...all].map((name) => `\`${name}\``).join(', ')
  const has = known.size > 0 ? `There are ${list(known)}.` : 'There is none.'
  return new NotebookError('NOTEBOOK_PARAMETER', `No test of ${where} has the parameter ${list(names)}. ${has}`)
}

function namesOf(tasks: RunnerTestFile['tasks']): string[] {
  return tasks.flatMap((task) => (task.type === 'suite' ? namesOf(task.tasks) : Object.keys(task.meta.params ?? {})))
}

/** What the journal keeps of parameters: pictures as assets, the rest as it is. */
export function recordParameters(
  params: Params,
  values: Record<string, unknown>,
  folder: string,
): NonNullable<BeginEvent['parameters']> {
  const specs = Object.entries(params).map(([name, field]): [string, FieldSpec<unknown>] => [name, toSpec(field)])
  const recorded = Object.entries(values).map(([name, value]) => [name, isPictureFile(value) ? toAsset(value) : value])
  return { values: Object.fromEntries(recorded) as Record<string, unknown>, specs: Object.fromEntries(specs) }

  function toAsset({ name, data }: { name: string; data: Uint8Array }): unknown {
    const { extension, mediaType } = encodedType(data) ?? { extension: 'bin', mediaType: 'application/octet-stream' }
    return { name, ...writeAsset(folder, data, extension, mediaType) }
  }
}

async function readPicture(address: unknown, baseDir: string): Promise<{ name: string; data: Uint8Array }> {
  const loaded = await fetchPicture(String(address), baseDir)
  return { name: basename(loaded.name), data: 'bytes' in loaded ? loaded.bytes : new Uint8Array() }
}
