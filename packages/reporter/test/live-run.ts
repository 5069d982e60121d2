import { mkdtemp, rm } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { JournalWriter } from '../src/journal/append.ts'
import { startLiveServer, type LiveServer } from '../src/live/server.ts'
import type { NotebookEntry, RunRecord } from '../src/run/record.ts'
import { writeRunRecord } from '../src/run/record-file.ts'

export const RUN = '2026-11-24T14-30-05Z-k3x9'
const NOTEBOOK = 'dream.experiment.ts/Deep Dream'

/** A run with one notebook that goes on, new for each test, and its server. */
export interface LiveRun {
  /** of all runs */
  dir: string
  /** of the notebook */
  folder: string
  journal: JournalWriter
  server: LiveServer
  cookie: string
  /** the address of something of the notebook, without the token */
  at(path: string): string
  /** with the cookie */
  get(path: string, init?: RequestInit): Promise<Response>
  /** what `fetch` would not let one say; gives the status */
  raw(path: string, headers: Record<string, string>, method?: string): Promise<number>
}

export function useLiveRun(): LiveRun {
  const live: Pick<LiveRun, 'at' | 'get' | 'raw'> & Partial<LiveRun> = {
    at: (path) => new URL(path, live.server!.urlOf(NOTEBOOK)).href.replace(/\?token=.*$/, ''),
    async get(path, init = {}) {
      const headers = { cookie: live.cookie!, ...(init.headers as object) }
      return await fetch(live.at(path), { redirect: 'manual', ...init, headers })
    },
    raw(path, headers, method = 'GET') {
      const { port } = new URL(live.server!.url)
      return new Promise((resolve, reject) => {
        const request = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        })
        request.on('error', reject)
        request.end()
      })
    },
  }
  beforeEach(async () => {
    live.dir = await mkdtemp(join(tmpdir(), 'live-'))
    live.folder = join(live.dir, RUN, NOTEBOOK)
    live.journal = new JournalWriter(live.folder)
    live.journal.append({
      type: 'begin',
      version: 1,
      id: 'n1',
      title: 'Deep Dream',
      file: 'dream.experiment.ts',
      test: ['Deep Dream'],
      project: '',
      run: RUN,
      attempt: 1,
      provenance: {},
    })
    await writeRunRecord(join(live.dir, RUN), liveRecord())
    live.server = await startLiveServer({ dir: live.dir, run: RUN })
    const response = await fetch(live.server.url, { redirect: 'manual' })
    live.cookie = response.headers.getSetCookie()[0]!.split(';')[0]!
  })
  afterEach(async () => {
    await live.server?.close()
    live.journal?.close()
    await rm(live.dir!, { recursive: true, force: true })
  })
  return live as LiveRun
}

/** The run's record while it goes on, but for what is said. */
export function liveRecord(change: Partial<RunRecord> = {}, notebook: Partial<NotebookEntry> = {}): RunRecord {
  return {
    version: 1,
    run: RUN,
    status: 'running',
    startedAt: Date.now(),
    command: 'vitest run',
    notebooks: [
      {
        path: NOTEBOOK,
        title: 'Deep Dream',
        file: 'dream.experiment.ts',
        test: ['Deep Dream'],
        project: '',
        attempt: 1,
        status: 'running',
        seconds: 1,
        cells: 1,
        images: 0,
        ...notebook,
      },
    ],
    ...change,
  }
}
