import { join } from 'node:path'
import type { RunRecord } from '../run/record.ts'
import { renderRunMarkdown } from './run-markdown.ts'
import { renderRunPage } from './run-page.ts'
import { writeWhole } from './write.ts'

/** Writes the pages of a run into its folder: `index.html` for people, `index.md` for programs that read. */
export async function writeRunFiles(folder: string, record: RunRecord): Promise<void> {
  await writeWhole(join(folder, 'index.md'), [renderRunMarkdown(record)])
  await writeWhole(join(folder, 'index.html'), [renderRunPage(record)])
}
