import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { NotebookError } from '../errors.ts'
import { JOURNAL_FILE } from '../journal/append.ts'
import { readJournal } from '../journal/read.ts'
import { toEntry } from '../reporter/entry.ts'
import { FORMAT_FILES, type Format } from '../render/formats.ts'
import { Renderer } from '../render/process/renderer.ts'
import { writeRunFiles } from '../render/run-files.ts'
import { findNotebooks } from '../run/folders.ts'
import { RUN_FILE } from '../run/record.ts'
import { readRunRecord, writeRunRecord } from '../run/record-file.ts'
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
    const problems: string[] = []
    const renderer = new Renderer()
    const record = existsSync(join(folder, RUN_FILE)) ? await readRunRecord(folder) : undefined
    for (const path of paths) {
      const up = record && { href: `${'../'.repeat(path.split('/').length)}index.html`, label: 'Run' }
      const made = await renderer.render(join(folder, path), {
        formats,
        singleFile,
        writerGone: true,
        ...(up && { up }),
      })
      problems.push(...made.problems)
      for (const file of Object.values(made.files)) console.log(join(folder, path, file))
      if (!record) continue
      const entry = { ...toEntry(await readJournal(join(folder, path), { writerGone: true }), path), files: made.files }
      record.notebooks = [...record.notebooks.filter((one) => one.path !== path), entry]
    }
    if (record) {
      record.notebooks.sort((a, b) => (a.path < b.path ? -1 : 1))
      await writeRunRecord(folder, record)
      await writeRunFiles(folder, record)
      console.log(join(folder, 'index.html'))
    }
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
