import { setTimeout as delay } from 'node:timers/promises'
import type { Endpoint } from './endpoint.ts'

type Hook = (report: { dir: string; url?: string }) => unknown

/** How long a test waits for its reports before its hooks are called without. */
const REPORTS_MS = 120_000

/** Hooks that are called when all files of the report are there, as the reporter says. */
export class Completion {
  #folder: string
  #endpoint: Endpoint
  #hooks: Hook[] = []
  #reports = Promise.withResolvers<{ dir: string; url?: string }>()

  constructor(folder: string, endpoint: Endpoint) {
    this.#folder = folder
    this.#endpoint = endpoint
  }

  async add(hook: Hook): Promise<void> {
    this.#hooks.push(hook)
    if (this.#hooks.length > 1) return
    await this.#endpoint.handle('/complete', async (request) => {
      const { dir, url } = (await request.json()) as { dir?: unknown; url?: unknown }
      this.#reports.resolve({
        dir: typeof dir === 'string' ? dir : this.#folder,
        ...(typeof url === 'string' && { url }),
      })
      return new Response(undefined, { status: 204 })
    })
  }

  /** Calls the hooks in order. To be called after the journal's end, which the reporter waits for. */
  async run(): Promise<void> {
    if (this.#hooks.length === 0) return
    const stop = new AbortController()
    const late = delay(REPORTS_MS, { dir: this.#folder }, { signal: stop.signal }).catch(() => ({ dir: this.#folder }))
    const report = await Promise.race([this.#reports.promise, late])
    stop.abort()
    for (const hook of this.#hooks) await hook(report)
  }
}
