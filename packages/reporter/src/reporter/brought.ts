import { basename, join, sep } from 'node:path'
import { FolderStore } from '../archive/folder-store.ts'
import { addToIndex } from '../archive/runs-index.ts'
import { listRuns } from '../run/folders.ts'
import type { ResolvedReporterOptions } from './options.ts'
import { renderAgain } from './render-again.ts'

/**
 * Makes the reports of earlier runs of which a pool has brought more than was here: their machines went on without them.
 * @param dir folder of all runs
 * @param brought absolute paths of files
 * @returns absolute paths of the pages of these runs, and what went wrong
 */
export async function renderBrought(
  dir: string,
  brought: readonly string[],
  { formats, singleFile }: Pick<ResolvedReporterOptions, 'formats' | 'singleFile'>,
): Promise<{ pages: string[]; problems: string[] }> {
  const [pages, problems]: [string[], string[]] = [[], []]
  for (const run of listRuns(dir)) {
    const folder = join(dir, run)
    if (!brought.some((path) => path.startsWith(folder + sep))) continue
    try {
      const files: string[] = []
      const made = await renderAgain(folder, { formats, singleFile }, (file) => files.push(file))
      problems.push(...made.problems)
      if (made.record) await addToIndex(new FolderStore(dir), made.record)
      // A run that was killed early has no record, and so no page.
      pages.push(
        ...(made.record ? [join(folder, 'index.html')] : files.filter((file) => basename(file) === 'index.html')),
      )
    } catch (error) {
      problems.push(`The reports of ${folder} could not be made: ${(error as Error).message}`)
    }
  }
  return { pages, problems }
}
