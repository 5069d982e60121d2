import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import { createLiveApp } from './app.ts'
import { Feeds } from './feeds.ts'
import { listen } from './listen.ts'
import { openBrowser } from './open-browser.ts'

export interface LiveServerOptions {
  /** the folder of all runs */
  dir: string
  /** name of the run whose pages live */
  run: string
  /** 0: one that is free */
  port?: number
  /** shows the page in the browser of this machine; false */
  open?: boolean
}

export interface LiveServer {
  /** of the run's page, with the token */
  url: string
  /** of a notebook's page, by its path in the run */
  urlOf(notebook: string): string
  close(): Promise<void>
}

/**
 * Shows a run while it goes on, on 127.0.0.1 only, to whoever has the token. It follows `dir/run` by itself: journals and
 * `run.json`.
 *
 * @throws NotebookError `NOTEBOOK_OPTION` when the port is taken
 */
export async function startLiveServer(options: LiveServerOptions): Promise<LiveServer> {
  const { dir, run, port = 0, open = false } = options
  const token = randomBytes(18).toString('base64url')
  const stop = new AbortController()
  const feeds = new Feeds(join(dir, run), stop.signal)
  const app = createLiveApp({ dir, run, token, feeds, stop: stop.signal })
  const server = await listen(app.fetch, port).catch((error: unknown) => {
    stop.abort()
    throw error
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const urlOf = (notebook: string) => {
    const path = [run, ...notebook.split('/')].filter((part) => part !== '').map(encodeURIComponent)
    return `${origin}/${path.join('/')}/?token=${token}`
  }
  const url = urlOf('')
  if (open) openBrowser(url)
  return {
    url,
    urlOf,
    async close() {
      stop.abort()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
