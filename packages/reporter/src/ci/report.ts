import { appendFile, stat } from 'node:fs/promises'
import type { Archive } from '../archive/archive.ts'
import type { RunRecord } from '../run/record.ts'
import type { RunLinks } from './blocks.ts'
import { readActionsJob, type ActionsJob } from './event.ts'
import { GitHub } from './github.ts'
import { pushPictures } from './pictures.ts'
import { COMMENT_BYTES, SUMMARY_BYTES, summaryOf } from './summary.ts'

/** Room for a heading and a link (bytes). */
const LEAST = 2000

export interface CiOptions {
  /** of the run */
  folder: string
  comment: boolean
  /** where pictures are shown from: a branch of the repository, the archive's public URL, or nowhere */
  images: 'branch' | 'public' | false
  archive?: Archive
  env?: NodeJS.ProcessEnv
}

/**
 * Tells GitHub of a run: the job's summary, and one comment in the pull request that is replaced run by run. Without a token,
 * or with one that may not write (pull requests from forks), the summary is what there is.
 *
 * @returns sentences about what could not be done
 */
export async function reportToCi(record: RunRecord, options: CiOptions): Promise<string[]> {
  const { folder, comment, images, archive, env = process.env } = options
  const problems: string[] = []
  const job = await readActionsJob(env)
  const github =
    job.token !== undefined && job.repository !== undefined
      ? new GitHub({ token: job.token, repository: job.repository, api: job.api })
      : undefined
  let pushed = new Map<string, string>()
  if (images === 'branch' && github) {
    pushed = await pushPictures(github, { folder, record, server: job.server }).catch((error: Error) => {
      problems.push(`The pictures are not in the report on GitHub: ${error.message}`)
      return new Map<string, string>()
    })
  }
  const links = linksOf(record, job, pushed, images === 'public' ? archive : undefined, archive)
  if (job.summaryFile !== undefined) {
    const room = SUMMARY_BYTES - (await stat(job.summaryFile).catch(() => ({ size: 0 }))).size
    if (room < LEAST) problems.push(`The job's summary is full already: GitHub takes ${SUMMARY_BYTES} bytes of a step.`)
    else {
      await appendFile(job.summaryFile, summaryOf(record, links, room)).catch((error: Error) => {
        problems.push(`The job's summary could not be written: ${error.message}`)
      })
    }
  }
  if (comment && github && job.pullRequest !== undefined) {
    await putComment(github, job.pullRequest, job.job, summaryOf(record, links, COMMENT_BYTES - 200)).catch(
      (error: Error) => {
        problems.push(`The pull request has no comment: ${error.message}`)
      },
    )
  }
  return problems
}

function linksOf(
  { run }: RunRecord,
  job: ActionsJob,
  pushed: Map<string, string>,
  pictures: Archive | undefined,
  archive: Archive | undefined,
): RunLinks {
  return {
    page: (path) => {
      if (archive?.isPublic) return archive.url(`${run}/${path}`)
      return path === 'index.html' ? job.page : undefined
    },
    picture: (path) => pushed.get(path) ?? (pictures?.isPublic ? pictures.url(`${run}/${path}`) : undefined),
  }
}

/** The comment of this job, found by a mark that readers do not see, is replaced; the first run makes it. */
async function putComment(github: GitHub, pullRequest: number, job: string, text: string): Promise<void> {
  const mark = `<!-- vitest-notebook: ${job.replace(/[^\w ./-]/g, '').slice(0, 100)} -->`
  const path = `/issues/${pullRequest}/comments`
  const body = `${mark}\n${text}`
  const old = await github.find<{ id: number; body?: string }>(
    path,
    (comment) => comment.body?.startsWith(mark) ?? false,
  )
  if (old) await github.call('PATCH', `/issues/comments/${old.id}`, { body })
  else await github.call('POST', path, { body })
}
