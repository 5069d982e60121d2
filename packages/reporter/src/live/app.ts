import { Hono, type Context } from 'hono'
import { FolderStore } from '../archive/folder-store.ts'
import { guard } from './access.ts'
import { clientFile } from './client-file.ts'
import { streamMessages } from './events.ts'
import type { Feeds } from './feeds.ts'
import { OnDemand } from './on-demand.ts'
import { renderLiveNotebook, renderLiveRun } from './page.ts'
import { parsePath, type LivePath } from './path.ts'
import { answerQuestion, questionForm } from './question.ts'
import { respondWithFile } from './stored-file.ts'
import type { NotebookFeed } from './notebook-feed.ts'
import { passOn } from './worker.ts'

export interface LiveAppOptions {
  /** the folder of all runs */
  dir: string
  /** the run whose pages live */
  run: string
  token: string
  feeds: Feeds
  stop: AbortSignal
}

/**
 * The pages of one run while it goes on, and the files of all runs. Every address is relative, so that the server can sit
 * behind any tunnel or prefix.
 */
export function createLiveApp({ dir, run, token, feeds, stop }: LiveAppOptions): Hono {
  const store = new FolderStore(dir)
  const onDemand = new OnDemand()
  const app = new Hono()
  app.use(guard(token))
  app.all('*', async (c) => {
    const path = parsePath(new URL(c.req.url).pathname)
    if (!path) return c.text('There is no such file in the reports.', 404)
    const [first, ...below] = path.folder
    const live = first === run ? { c, path, below, feeds, stop, onDemand } : undefined
    const response = live && (below.length === 0 ? await runResponse(live) : await notebookResponse(live))
    return response ?? (await fileResponse(c, path, store))
  })
  return app
}

interface Asked {
  c: Context
  path: LivePath
  /** folders in the run */
  below: string[]
  feeds: Feeds
  stop: AbortSignal
  onDemand: OnDemand
}

async function runResponse({ c, path, feeds, stop }: Asked): Promise<Response | undefined> {
  const { run } = feeds
  if (path.page) {
    if (path.page[0] !== 'events') return await clientFile(path.page)
    const next = (after: number) =>
      Promise.resolve(run.bell.rings === after ? undefined : { seq: run.bell.rings, page: true })
    return streamMessages(c, run.bell, stop, next)
  }
  if (!isPage(path)) return undefined
  if (!run.record) await run.read()
  return run.record && c.html(renderLiveRun(run.record, run.bell.rings))
}

async function notebookResponse(asked: Asked): Promise<Response | undefined> {
  const { c, path, below, feeds, stop, onDemand } = asked
  const here = below.join('/')
  const feed = feeds.notebook(here)
  if (!feed) return path.page ? undefined : await attachmentResponse(asked)
  if (path.page) return await doorResponse(c, path.page, feed, stop)
  if (isPage(path)) {
    return c.body(renderLiveNotebook(feed, here), 200, { 'Content-Type': 'text/html; charset=utf-8' })
  }
  const problem = await onDemand.write(feed, path.name)
  return problem === undefined ? undefined : c.text(problem, 500)
}

/** `logs/c3.txt`: files one folder below the notebook's. */
async function attachmentResponse({ c, path, below, feeds, onDemand }: Asked): Promise<Response | undefined> {
  const [last = ''] = below.slice(-1)
  const feed = last === 'assets' ? undefined : feeds.notebook(below.slice(0, -1).join('/'))
  const problem = feed && (await onDemand.write(feed, `${last}/${path.name}`))
  return problem === undefined ? undefined : c.text(problem, 500)
}

async function doorResponse(
  c: Context,
  [what = '', ...rest]: string[],
  feed: NotebookFeed,
  stop: AbortSignal,
): Promise<Response | undefined> {
  switch (what) {
    case 'events':
      return streamMessages(c, feed.bell, stop, (after) => feed.patch(after))
    case 'question':
      return questionForm(feed, rest[0] ?? '')
    case 'answer':
      return await answerQuestion(feed, rest[0] ?? '', c.req.raw)
    case 'serve':
      return await passOn(feed.folder, `/serve/${rest.map(encodeURIComponent).join('/')}`, c.req.raw)
    default:
      return await clientFile([what, ...rest])
  }
}

async function fileResponse(c: Context, { folder, name, page }: LivePath, store: FolderStore): Promise<Response> {
  if (page) return c.text('There is no such notebook.', 404)
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return c.text('Files can only be read.', 405)
  const key = [...folder, name || 'index.html'].join('/')
  return (await respondWithFile(store, key, c.req.raw)) ?? c.text('There is no such file in the reports.', 404)
}

function isPage({ name }: LivePath): boolean {
  return name === '' || name === 'index.html'
}
