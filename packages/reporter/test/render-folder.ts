/** `node render-folder.ts FOLDER [--single]`: every report of a journal, in a process of its own. */
import { renderNotebook } from '../src/render/notebook.ts'

const [folder = '.', flag] = process.argv.slice(2)
const formats = ['html', 'md', 'ipynb', 'zip'] as const
const { problems } = await renderNotebook(folder, { formats, singleFile: flag === '--single', writerGone: true })
if (problems.length > 0) throw new Error(problems.join('\n'))
