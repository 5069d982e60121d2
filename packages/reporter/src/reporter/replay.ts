import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { NotebookError } from '../errors.ts'
import { JOURNAL_FILE } from '../journal/append.ts'
import type { DocumentCell } from '../journal/document.ts'
import { readJournal } from '../journal/read.ts'
import { answersKey, type NotebookSettings } from '../notebook/settings.ts'
import { readAsset } from '../render/asset.ts'
import { findNotebooks } from '../run/folders.ts'

/** Folder of a run whose answers are given again. Set by `vitest-notebook run --replay`, or by hand. */
export const REPLAY_VARIABLE = 'VITEST_NOTEBOOK_REPLAY'

type Answers = NotebookSettings['answers']

/**
 * What was answered in an earlier run, pictures with their bytes: nobody has to be there this time. Of several attempts the
 * last counts.
 *
 * @throws NotebookError `NOTEBOOK_READ` when there is no notebook in the folder
 */
export async function readAnswers(env: NodeJS.ProcessEnv = process.env): Promise<Answers> {
  const given = env[REPLAY_VARIABLE]
  if (given === undefined || given === '') return {}
  const folder = resolve(given)
  const paths = existsSync(join(folder, JOURNAL_FILE)) ? [''] : findNotebooks(folder)
  if (paths.length === 0) {
    throw new NotebookError('NOTEBOOK_READ', `There is no notebook in ${folder} whose answers could be given again.`)
  }
  const answers: Answers = {}
  for (const path of paths) {
    const { begin, cells } = await readJournal(join(folder, path))
    const found = []
    for (const answer of answered(cells)) found.push(await withPictures(join(folder, path), answer))
    if (found.length > 0) answers[answersKey(begin.file, begin.test)] = found
  }
  return answers
}

/** In the order of the questions. */
function answered(cells: readonly DocumentCell[]): object[] {
  return cells.flatMap(({ content, end, children }) => [
    ...(content.kind === 'question' && typeof end?.answer === 'object' && end.answer !== null ? [end.answer] : []),
    ...answered(children),
  ])
}

async function withPictures(folder: string, answer: object): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(answer)) {
    values[name] = isPicture(value)
      ? { name: value.name, data: new Uint8Array(await readAsset(folder, value)) }
      : (value as unknown)
  }
  return values
}

function isPicture(value: unknown): value is { name: string; path: string; mediaType: string } {
  if (typeof value !== 'object' || value === null) return false
  return 'name' in value && 'path' in value && 'mediaType' in value && typeof value.path === 'string'
}
