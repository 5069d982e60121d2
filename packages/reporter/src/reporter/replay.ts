import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { NotebookError } from '../errors.ts'
import { JOURNAL_FILE } from '../journal/append.ts'
import { readJournal } from '../journal/read.ts'
import { answersIn, parametersSetIn, withPictures } from '../notebook/answers.ts'
import { answersKey, type NotebookSettings } from '../notebook/settings.ts'
import { readAsset } from '../render/asset.ts'
import { findNotebooks } from '../run/folders.ts'

/** Folder of a run whose answers are given again. Set by `vitest-notebook run --replay`, or by hand. */
export const REPLAY_VARIABLE = 'VITEST_NOTEBOOK_REPLAY'

/** Of the questions of each test, and the parameters that somebody set before it began. */
type Replayed = Pick<NotebookSettings, 'answers' | 'parameters'>

/**
 * What was answered in an earlier run, pictures with their bytes: nobody has to be there this time. Of several attempts the
 * last counts.
 *
 * @throws NotebookError `NOTEBOOK_READ` when there is no notebook in the folder
 */
export async function readAnswers(env: NodeJS.ProcessEnv = process.env): Promise<Replayed> {
  const given = env[REPLAY_VARIABLE]
  const replayed: Replayed = { answers: {}, parameters: {} }
  if (given === undefined || given === '') return replayed
  const folder = resolve(given)
  const paths = existsSync(join(folder, JOURNAL_FILE)) ? [''] : findNotebooks(folder)
  if (paths.length === 0) {
    throw new NotebookError('NOTEBOOK_READ', `There is no notebook in ${folder} whose answers could be given again.`)
  }
  for (const path of paths) {
    const { begin, cells } = await readJournal(join(folder, path))
    const read = (answer: object) => withPictures(answer, (picture) => readAsset(join(folder, path), picture))
    const [key, found] = [answersKey(begin.file, begin.test), answersIn(cells)]
    if (found.length > 0) replayed.answers[key] = await Promise.all(found.map(read))
    const set = parametersSetIn({ cells })
    if (set) replayed.parameters[key] = await read(set)
  }
  return replayed
}
