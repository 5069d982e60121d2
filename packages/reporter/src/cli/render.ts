import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { NotebookError } from '../errors.ts'
import { JOURNAL_FILE } from '../journal/append.ts'
import { FORMAT_FILES, type Format } from '../render/formats.ts'
import { renderAll } from '../reporter/render-all.ts'
import { findNotebooks } from '../run/folders.ts'
import { UsageError, type Command } from './command.ts'

const DEFAULT = 'html,md,pdf'

export const render: Command = {
  usage: [
    'vitest-notebook render FOLDER [--formats LIST] [--single-file]',
    '',
    'FOLDER is one notebook, or a run: also one that was killed.',
    '',
    `  --formats LIST   of ${Object.keys(FORMAT_FILES).join(', ')}. Default: ${DEFAULT}`,
    '  --single-file    one HTML file that holds its pictures. Default: a folder',
  ].join('\n'),
  async run(args) {
    const { folder, formats, singleFile } = parse(args)
    const paths = existsSync(join(folder, JOURNAL_FILE)) ? [''] : findNotebooks(folder)
    if (paths.length === 0) throw new NotebookError('NOTEBOOK_READ', `There is no notebook in ${folder}.`)
    const { files, problems } = await renderAll(folder, paths, { formats, singleFile })
    for (const file of files) console.log(join(folder, file))
    for (const problem of problems) console.error(problem)
    return problems.length > 0 ? 1 : 0
  },
}

function parse(args: readonly string[]): { folder: string; formats: Format[]; singleFile: boolean } {
  let [folder, formats, singleFile] = ['', DEFAULT, false]
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index]!
    if (word === '--single-file') singleFile = true
    else if (word === '--formats') formats = args[(index += 1)] ?? ''
    else if (word.startsWith('--formats=')) formats = word.slice('--formats='.length)
    else if (word.startsWith('-')) throw new UsageError(`There is no flag \`${word}\`.`)
    else folder = word
  }
  if (folder === '') throw new UsageError('Expected the folder of a notebook or a run.')
  const list = formats.split(',').filter((one) => one !== '')
  const unknown = list.find((one) => !(one in FORMAT_FILES))
  if (unknown !== undefined) throw new UsageError(`There is no format \`${unknown}\`.`)
  return { folder: resolve(folder), formats: list as Format[], singleFile }
}
