import { createServer, request as httpRequest, type Server } from 'node:http'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { S3Client, CreateBucketCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createArchive } from '../src/archive/archive.ts'
import { openStore } from '../src/archive/open-store.ts'
import { readIndex } from '../src/archive/runs-index.ts'
import { serveStore } from '../src/live/store-server.ts'
import { writeAsset } from '../src/journal/assets.ts'
import type { RunRecord } from '../src/run/record.ts'
import { startMoto } from './moto.ts'

let moto: Awaited<ReturnType<typeof startMoto>>
let gate: Gate
let dir: string
let buckets = 0

beforeAll(async () => {
  moto = await startMoto()
  gate = await Gate.open(moto.url)
  process.env['AWS_ENDPOINT_URL'] = gate.url
})
afterAll(async () => {
  gate.close()
  await moto[Symbol.asyncDispose]()
})
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'archive-'))
  gate.reset()
})
afterEach(() => rm(dir, { recursive: true, force: true }))

/** What lies between a client and S3: notes what passes, and breaks some of it. */
class Gate {
  readonly url: string
  calls: { method: string; path: string; bytes: number }[] = []
  /** breaks the connection for the requests of which it says so */
  breaks: (call: { method: string; path: string }) => boolean = () => false
  #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async open(target: string): Promise<Gate> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const gate = new Gate(server)
    const { port } = new URL(target)
    server.on('request', (incoming, outgoing) => {
      const call = {
        method: incoming.method ?? '',
        path: decodeURIComponent(incoming.url ?? '').replace(/\?.*/, ''),
        bytes: 0,
      }
      if (gate.breaks(call)) return void incoming.socket.destroy()
      gate.calls.push(call)
      incoming.on('data', (chunk: Buffer) => (call.bytes += chunk.length))
      const { method, url, headers } = incoming
      const passed = httpRequest({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(outgoing)
      })
      passed.on('error', () => outgoing.destroy())
      incoming.pipe(passed)
    })
    return gate
  }

  reset(): void {
    this.calls = []
    this.breaks = () => false
  }

  puts(): string[] {
    return this.calls.filter(({ method }) => method === 'PUT').map(({ path }) => path)
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

function record(run: string, change: Partial<RunRecord> = {}): RunRecord {
  return {
    version: 1,
    run,
    status: 'passed',
    startedAt: Date.UTC(2026, 10, 24),
    endedAt: Date.UTC(2026, 10, 24, 1),
    command: 'vitest run',
    notebooks: [
      {
        path: 'dream/Deep Dream',
        title: 'Deep Dream',
        file: 'dream.experiment.ts',
        test: ['Deep Dream'],
        project: '',
        attempt: 1,
        status: 'passed',
        seconds: 3,
        cells: 1,
        images: 2,
      },
    ],
    ...change,
  }
}

/** A run's folder as the reporter leaves it. */
async function writeRun(run: string, pictures: string[]): Promise<string> {
  const folder = join(dir, 'reports', run)
  const notebook = join(folder, 'dream/Deep Dream')
  await mkdir(notebook, { recursive: true })
  for (const picture of pictures) writeAsset(notebook, picture, 'png', 'image/png')
  await writeFile(join(notebook, 'index.html'), `page of ${run}`)
  await writeFile(join(notebook, 'report.pdf'), `%PDF ${run}`)
  await writeFile(join(notebook, '.endpoint.json'), '{"token":"secret"}')
  await writeFile(join(notebook, 'checkpoint.bin'), 'state')
  await writeFile(join(folder, 'index.html'), `run ${run}`)
  await writeFile(join(folder, 'run.json'), '{}')
  return folder
}

async function openTarget(kind: string): Promise<string> {
  if (kind === 'folder') return join(dir, 'archive')
  const Bucket = `reports-${(buckets += 1)}`
  await new S3Client({ forcePathStyle: true }).send(new CreateBucketCommand({ Bucket }))
  gate.reset()
  return `s3://${Bucket}/art/runs`
}

describe.each(['folder', 'S3'])('an archive in %s', (kind) => {
  it('holds the whole run but what only this machine has a use for, and lists it', async () => {
    const target = await openTarget(kind)
    const result = await createArchive(target).putRun(await writeRun('r1', ['one', 'two']), record('r1'))
    expect(result).toMatchObject({ files: 5, known: 0 })
    const store = await openStore(target)
    const keys = (await Array.fromAsync(store.list(''))).map(({ key }) => key.replace(/[0-9a-f]{64}/, '#'))
    expect(keys).toEqual([
      'index.html',
      'r1/dream/Deep Dream/assets/#.png',
      'r1/dream/Deep Dream/assets/#.png',
      'r1/dream/Deep Dream/index.html',
      'r1/dream/Deep Dream/report.pdf',
      'r1/index.html',
      'r1/run.json',
    ])
    expect((await readIndex(store)).map(({ run }) => run)).toEqual(['r1'])
  })

  it('loses no run of many that end at once', async () => {
    const target = await openTarget(kind)
    const names = Array.from({ length: 8 }, (_, index) => `r${index}`)
    await Promise.all(
      names.map(async (name) => await createArchive(target).putRun(await writeRun(name, [name]), record(name))),
    )
    const entries = await readIndex(await openStore(target))
    expect(entries.map(({ run }) => run)).toEqual(names.toReversed())
  })

  it('shows a run while it goes on', async () => {
    const target = await openTarget(kind)
    const archive = createArchive(target)
    await archive.putRecord(record('r1', { status: 'running' }))
    expect((await readIndex(await openStore(target)))[0]).toMatchObject({ run: 'r1', status: 'running' })
    await archive.putRun(await writeRun('r1', []), record('r1'))
    expect((await readIndex(await openStore(target))).map(({ status }) => status)).toEqual(['passed'])
  })

  it('is shown on loopback with the credentials of whoever looks', async () => {
    const target = await openTarget(kind)
    await createArchive(target).putRun(await writeRun('r1', ['0123456789']), record('r1'))
    const store = await openStore(target)
    await using server = await serveStore(store)
    const first = await fetch(server.url, { redirect: 'manual' })
    const headers = { cookie: first.headers.getSetCookie()[0]!.split(';')[0]! }
    const get = async (path: string, more = {}) =>
      await fetch(new URL(path, server.url), { headers: { ...headers, ...more } })
    expect(await (await get('/')).text()).toContain('Deep Dream')
    expect(await (await get('/r1/dream/Deep%20Dream/')).text()).toBe('page of r1')
    const [asset] = await Array.fromAsync(store.list('r1/dream/Deep Dream/assets/'))
    const part = await get(`/${asset!.key}`, { range: 'bytes=3-5' })
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 3-5/10', '345'])
    expect((await get('/r1/dream/Deep%20Dream/.endpoint.json')).status).toBe(404)
    expect((await fetch(new URL('/', server.url))).status).toBe(401)
  })
})

describe('a bucket', () => {
  it('gets pictures first, pages next, the index last, with headers that fit', async () => {
    const target = await openTarget('S3')
    await createArchive(target).putRun(await writeRun('r1', ['one']), record('r1'))
    const puts = gate.puts().map((path) => path.replace(/[0-9a-f]{64}/, '#').replace(/^\/reports-\d+\/art\/runs\//, ''))
    expect(puts[0]).toBe('r1/dream/Deep Dream/assets/#.png')
    expect(puts.slice(-2)).toEqual(['r1/run.json', 'index.html'])
    const head = async (key: string) => {
      const { Bucket = '', prefix = '' } = /^s3:\/\/(?<Bucket>[^/]+)\/(?<prefix>.*)$/.exec(target)?.groups ?? {}
      const found = await new S3Client({ forcePathStyle: true }).send(
        new HeadObjectCommand({ Bucket, Key: `${prefix}/${key}` }),
      )
      return [found.ContentType, found.CacheControl, found.ContentDisposition]
    }
    const store = await openStore(target)
    const [asset] = await Array.fromAsync(store.list('r1/dream/Deep Dream/assets/'))
    expect(await head(asset!.key)).toEqual(['image/png', 'public, max-age=31536000, immutable', 'inline'])
    expect(await head('index.html')).toEqual(['text/html; charset=utf-8', 'no-cache', 'inline'])
    expect(await head('r1/dream/Deep Dream/report.pdf')).toEqual(['application/pdf', 'no-cache', 'inline'])
  })

  it('gets only what is new: after a cut what is missing, of a new run what the last had not', async () => {
    const target = await openTarget('S3')
    const folder = await writeRun('r1', ['one', 'two', 'three'])
    gate.breaks = ({ method, path }) => method === 'PUT' && path.endsWith('report.pdf')
    await expect(createArchive(target).putRun(folder, record('r1'))).rejects.toMatchObject({ code: 'NOTEBOOK_ARCHIVE' })
    expect(gate.puts().some((path) => path.endsWith('/art/runs/index.html'))).toBe(false)
    gate.reset()
    expect(await createArchive(target).putRun(folder, record('r1'))).toMatchObject({ files: 1, known: 5 })
    expect(gate.puts().filter((path) => path.includes('/assets/'))).toEqual([])
    gate.reset()
    const second = await writeRun('r2', ['one', 'two', 'four'])
    await createArchive(target).putRun(second, record('r2'))
    const sent = gate.calls.filter(
      ({ method, path, bytes }) => method === 'PUT' && path.includes('/assets/') && bytes > 0,
    )
    expect(sent).toHaveLength(1)
    const store = await openStore(target)
    const assets = await Array.fromAsync(store.list('r2/dream/Deep Dream/assets/'))
    const texts = await Promise.all(assets.map(async ({ key }) => await text((await store.read(key))!.body)))
    expect(texts.toSorted()).toEqual(['four', 'one', 'two'])
  })

  it('that is not there is a sentence that says so', async () => {
    const folder = await writeRun('r1', [])
    await expect(createArchive('s3://no-such-bucket-here/x').putRun(folder, record('r1'))).rejects.toThrow(
      'The archive s3://no-such-bucket-here/x cannot be used. There is no such bucket.',
    )
    expect(await readFile(join(folder, 'index.html'), 'utf8')).toBe('run r1')
  })
})
