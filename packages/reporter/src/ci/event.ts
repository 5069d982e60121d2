import { readFile } from 'node:fs/promises'

/** What GitHub Actions tells a job, as far as a report needs it. */
export interface ActionsJob {
  summaryFile?: string
  token?: string
  repository?: string
  api: string
  server: string
  /** of the pull request that the job runs for */
  pullRequest?: number
  /** page of the workflow's run */
  page?: string
  /** tells jobs apart that comment on one pull request */
  job: string
}

/** @param env of the job; the token is not among what Actions sets by itself: `env: GITHUB_TOKEN: ${{ github.token }}` */
export async function readActionsJob(env: NodeJS.ProcessEnv): Promise<ActionsJob> {
  const text = (name: string): string | undefined => (env[name] === '' ? undefined : env[name])
  const [summaryFile, token, repository, run] = [
    'GITHUB_STEP_SUMMARY',
    'GITHUB_TOKEN',
    'GITHUB_REPOSITORY',
    'GITHUB_RUN_ID',
  ].map(text)
  const server = text('GITHUB_SERVER_URL') ?? 'https://github.com'
  const pullRequest = await pullRequestOf(text('GITHUB_EVENT_PATH'))
  return {
    api: text('GITHUB_API_URL') ?? 'https://api.github.com',
    server,
    job: [text('GITHUB_WORKFLOW'), text('GITHUB_JOB')].filter((part) => part !== undefined).join(' / '),
    ...(summaryFile !== undefined && { summaryFile }),
    ...(token !== undefined && { token }),
    ...(repository !== undefined && { repository }),
    ...(pullRequest !== undefined && { pullRequest }),
    ...(run !== undefined && repository !== undefined && { page: `${server}/${repository}/actions/runs/${run}` }),
  }
}

async function pullRequestOf(path: string | undefined): Promise<number | undefined> {
  if (path === undefined) return undefined
  try {
    const event = JSON.parse(await readFile(path, 'utf8')) as {
      pull_request?: { number?: unknown }
      inputs?: Record<string, unknown>
    }
    const number = Number(event.pull_request?.number ?? event.inputs?.['pull-request'])
    return Number.isInteger(number) && number > 0 ? number : undefined
  } catch {
    return undefined
  }
}
