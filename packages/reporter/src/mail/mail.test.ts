import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createArchive } from '../archive/archive.ts'
import type { RunRecord } from '../run/record.ts'
import { sendMail } from './send.ts'
import { callWebhook } from './webhook.ts'

let folder: string
let server: Server
let url: string
let answers: { status: number; body?: object; headers?: Record<string, string> }[]
let taken: { path: string; body: Record<string, never> }[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mail-'))
  answers = []
  taken = []
  server = createServer((request, response) => {
    void json(request).then((body) => {
      taken.push({ path: request.url ?? '', body: body as Record<string, never> })
      const { status, body: answer = {}, headers = {} } = answers.shift() ?? { status: 200 }
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(JSON.stringify(answer))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  Object.assign(process.env, SETTINGS, { AWS_ENDPOINT_URL_SESV2: url })
})
afterEach(async () => {
  for (const name of [...Object.keys(SETTINGS), 'AWS_ENDPOINT_URL_SESV2']) delete process.env[name]
  server.close()
  server.closeAllConnections()
  await rm(folder, { recursive: true, force: true })
})

const SETTINGS = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }

function record(change: Partial<RunRecord> = {}): RunRecord {
  const notebook = { file: 'd.ts', test: ['D'], project: '', attempt: 1, seconds: 1, cells: 1, images: 0 } as const
  return {
    version: 1,
    run: 'r1',
    status: 'failed',
    startedAt: 0,
    endedAt: 61_000,
    command: 'vitest run',
    notebooks: [
      {
        ...notebook,
        test: ['D'],
        path: 'a',
        title: 'Dream <of> seas',
        status: 'failed',
        error: 'no memory',
        files: { pdf: 'report.pdf' },
      },
      { ...notebook, test: ['E'], path: 'b', title: 'Large', status: 'passed', files: { pdf: 'report.pdf' } },
    ],
    ...change,
  }
}

async function writePdf(path: string, bytes: number): Promise<void> {
  await mkdir(join(folder, path), { recursive: true })
  await writeFile(join(folder, path, 'report.pdf'), Buffer.alloc(bytes, 1))
}

interface Sent {
  FromEmailAddress: string
  Destination: { ToAddresses: string[] }
  Content: {
    Simple: {
      Subject: { Data: string }
      Body: Record<'Text' | 'Html', { Data: string }>
      Attachments: { FileName: string }[]
    }
  }
}

describe('a mail', () => {
  it('says how the run ended, links its reports and brings the PDFs that have room', async () => {
    await writePdf('a', 1000)
    await writePdf('b', 13e6)
    const archive = createArchive({ url: join(folder, 'x'), publicUrl: 'https://art.example' })
    await sendMail(folder, record(), { to: 'me@art.example, you@art.example', from: 'lab@art.example', archive })
    const { FromEmailAddress, Destination, Content } = taken[0]!.body as unknown as Sent
    const { Subject, Body, Attachments } = Content.Simple
    expect([FromEmailAddress, Destination.ToAddresses]).toEqual([
      'lab@art.example',
      ['me@art.example', 'you@art.example'],
    ])
    expect(Subject.Data).toBe('failed: Dream <of> seas and 1 more')
    expect(Body.Text.Data).toContain('Run r1: failed after 1m 01s\nhttps://art.example/r1/index.html')
    expect(Body.Text.Data).toContain('no memory')
    expect(Body.Html.Data).toContain('<a href="https://art.example/r1/a/index.html">Dream &#60;of&#62; seas</a>')
    expect(Attachments.map(({ FileName }) => FileName)).toEqual(['Dream _of_ seas.pdf'])
  })

  it('says that a run has begun, without attachments', async () => {
    await writePdf('a', 10)
    const { endedAt: _, ...begun } = record({ status: 'running' })
    await sendMail(folder, begun, { to: 'me@art.example' })
    const { Subject, Attachments } = (taken[0]!.body as unknown as Sent).Content.Simple
    expect([Subject.Data, Attachments]).toEqual(['running: Dream <of> seas and 1 more', []])
  })

  it('that SES refuses is a sentence with what to do', async () => {
    answers = [
      {
        status: 400,
        body: { message: 'Email address is not verified.' },
        headers: { 'x-amzn-errortype': 'MessageRejected' },
      },
    ]
    await expect(sendMail(folder, record(), { to: 'me@art.example' })).rejects.toThrow(
      'The mail to me@art.example could not be sent: Email address is not verified. Verify `me@art.example` in SES',
    )
  })
})

describe('a webhook', () => {
  it('gets the record and the address of the report, once the other side is in order', async () => {
    answers = [{ status: 503 }, { status: 200 }]
    await callWebhook(`${url}/hook`, record(), createArchive('s3://bucket/art'))
    expect(taken).toHaveLength(2)
    expect(taken[1]).toMatchObject({
      path: '/hook',
      body: { run: 'r1', status: 'failed', url: 's3://bucket/art/r1/index.html' },
    })
  })

  it('that refuses is not asked again, and its secret path stays out of the sentence', async () => {
    answers = [{ status: 410 }]
    await expect(callWebhook(`${url}/services/secret`, record())).rejects.toThrow(
      `The webhook at ${new URL(url).host} did not take the run: it answered 410.`,
    )
    expect(taken).toHaveLength(1)
  })
})
