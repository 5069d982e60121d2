import { setTimeout as delay } from 'node:timers/promises'
import { NotebookError } from '../errors.ts'
import { fetch, type Response } from '../net/fetch.ts'

export interface GitHubOptions {
  token: string
  /** `owner/name` */
  repository: string
  /** `https://api.github.com`, or that of an enterprise's own GitHub */
  api: string
}

/** The few calls of GitHub's API that are needed here. */
export class GitHub {
  readonly repository: string
  #token: string
  #api: string

  constructor({ token, repository, api }: GitHubOptions) {
    this.repository = repository
    this.#token = token
    this.#api = api.replace(/\/+$/, '')
  }

  /**
   * @param path after `/repos/owner/name`
   * @returns undefined for what is not there (404), where that is an answer
   * @throws NotebookError `NOTEBOOK_SEND`
   */
  async call<T>(method: string, path: string, body?: unknown): Promise<T | undefined> {
    for (let attempt = 1; ; attempt++) {
      const response = await this.#fetch(method, path, body)
      if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T
      const said = await response.text()
      if (response.status === 404 && method === 'GET') return undefined
      const again = response.status >= 500 || response.status === 429 || /rate limit/i.test(said)
      if (!again || attempt === 4)
        throw new NotebookError('NOTEBOOK_SEND', this.#explain(response.status, said, method, path))
      await delay(Math.min(Number(response.headers.get('retry-after') ?? 0) * 1000 || 500 * 2 ** attempt, 30_000))
    }
  }

  /** All of a list that comes in pages, until one is found. */
  async find<T>(path: string, isIt: (item: T) => boolean): Promise<T | undefined> {
    for (let page = 1; page <= 30; page++) {
      const items = (await this.call<T[]>('GET', `${path}?per_page=100&page=${page}`)) ?? []
      const found = items.find(isIt)
      if (found !== undefined || items.length < 100) return found
    }
    return undefined
  }

  async #fetch(method: string, path: string, body: unknown): Promise<Response> {
    try {
      return await fetch(`${this.#api}/repos/${this.repository}${path}`, {
        method,
        headers: {
          Accept: 'application/vnd.github+json',
          Authorization: `Bearer ${this.#token}`,
          'X-GitHub-Api-Version': '2022-11-28',
          'User-Agent': 'vitest-notebook',
        },
        signal: AbortSignal.timeout(30_000),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    } catch (cause) {
      throw new NotebookError(
        'NOTEBOOK_SEND',
        `GitHub could not be reached at ${this.#api}: ${(cause as Error).message}.`,
        { cause },
      )
    }
  }

  #explain(status: number, said: string, method: string, path: string): string {
    let reason = said.slice(0, 200)
    try {
      reason = (JSON.parse(said) as { message?: string }).message ?? reason
    } catch {
      // no JSON: as it is
    }
    const fix =
      status === 401 || status === 403 || status === 404
        ? ' Give the job `permissions:` with `pull-requests: write` (and `contents: write` for pictures in a branch); pull requests from forks never get them.'
        : ''
    return `GitHub refused ${method} ${path} of ${this.repository} (${status}): ${reason}.${fix}`
  }
}
