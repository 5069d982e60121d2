import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestGitHub } from '../../test/github.ts'
import { createArchive } from '../archive/archive.ts'
import type { NotebookEntry, RunRecord } from '../run/record.ts'
import { reportToCi, type CiOptions } from './report.ts'
import { COMMENT_BYTES, SUMMARY_BYTES, summaryOf } from './summary.ts'

let github: TestGitHub
let folder: string

beforeEach(async () => {
  github = await TestGitHub.start()
  folder = await mkdtemp(join(tmpdir(), 'ci-'))
})
afterEach(async () => {
  await github[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

function notebook(change: Partial<NotebookEntry> = {}): NotebookEntry {
  return {
    path: 'dream',
    title: 'Deep Dream',
    file: 'dream.experiment.ts',
    test: ['Deep Dream'],
    project: '',
    attempt: 1,
    status: 'passed',
    seconds: 3,
    cells: 14,
    images: 22,
    ...change,
  }
}

function record(notebooks: NotebookEntry[] = [notebook()], change: Partial<RunRecord> = {}): RunRecord {
  return {
    version: 1,
    run: 'r1',
    status: 'passed',
    startedAt: 0,
    endedAt: 4000,
    command: 'vitest run',
    notebooks,
    ...change,
  }
}

/** The environment of a job for pull request 7. */
async function job(change: NodeJS.ProcessEnv = {}): Promise<NodeJS.ProcessEnv> {
  const event = join(folder, 'event.json')
  await writeFile(event, JSON.stringify({ pull_request: { number: 7 } }))
  return {
    GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
    GITHUB_TOKEN: 'secret',
    GITHUB_REPOSITORY: 'art/paintings',
    GITHUB_API_URL: github.url,
    GITHUB_SERVER_URL: 'https://github.example',
    GITHUB_RUN_ID: '42',
    GITHUB_EVENT_PATH: event,
    GITHUB_WORKFLOW: 'Art',
    GITHUB_JOB: 'paint',
    ...change,
  }
}

async function report(run: RunRecord, options: Partial<CiOptions> = {}): Promise<string[]> {
  return await reportToCi(run, { folder, comment: true, images: false, env: await job(), ...options })
}

const nowhere = { page: () => undefined, picture: () => undefined }

describe('a report on GitHub', () => {
  it('is a summary of the job and one comment, which later runs replace', async () => {
    for (let other = 0; other < 150; other++) github.comments.push({ id: 1000 + other, issue: 7, body: 'talk' })
    expect(await report(record())).toEqual([])
    expect(
      await report(record([notebook({ status: 'failed', error: 'out of memory' })], { status: 'failed' })),
    ).toEqual([])
    const ours = github.comments.filter(({ body }) => body !== 'talk')
    expect(ours).toHaveLength(1)
    expect(ours[0]!.body).toMatch(/^<!-- vitest-notebook: Art \/ paint -->\n## ❌ Notebooks: failed/)
    expect(ours[0]!.body).toContain('out of memory')
    expect(ours[0]!.body).toContain('failed · 3.0 s, 14 cells, 22 pictures')
    expect(ours[0]!.body).toContain('(https://github.example/art/paintings/actions/runs/42)')
    expect((await readFile(join(folder, 'summary.md'), 'utf8')).match(/^## /gm)).toHaveLength(2)
  })

  it('shows pictures from a branch, at addresses that name a commit', async () => {
    const path = join(folder, 'one.png')
    await sharp({ create: { width: 1500, height: 900, channels: 3, background: 'navy' } }).toFile(path)
    const runs = record([notebook({ thumbnail: 'one.png' })])
    expect(await report(runs, { images: 'branch' })).toEqual([])
    await sharp({ create: { width: 30, height: 20, channels: 3, background: 'red' } }).toFile(path)
    expect(await report(runs, { images: 'branch' })).toEqual([])
    const [, commit, name] = /paintings\/raw\/(\w{40})\/(\w+\.webp)/.exec(github.comments[0]!.body)!
    expect(github.refs.get('refs/heads/notebook-pictures')).toBe(commit)
    expect(github.files(commit!).size).toBe(2)
    expect((await sharp(github.files(commit!).get(name!)).metadata()).width).toBe(30)
  })

  it('links the archive when others can read it', async () => {
    const archive = createArchive({ url: join(folder, 'archive'), publicUrl: 'https://art.example/runs/' })
    await report(record([notebook({ thumbnail: 'a b.png' })]), { archive, images: 'public' })
    const { body } = github.comments[0]!
    expect(body).toContain('[the whole report](https://art.example/runs/r1/index.html)')
    expect(body).toContain('[Deep Dream](https://art.example/runs/r1/dream/index.html)')
    expect(body).toContain('src="https://art.example/runs/r1/a%20b.png"')
  })

  it('is the summary alone without a token', async () => {
    expect(await report(record(), { env: await job({ GITHUB_TOKEN: '' }) })).toEqual([])
    expect(github.calls).toEqual([])
    expect(await readFile(join(folder, 'summary.md'), 'utf8')).toContain('Deep Dream')
  })

  it('says what the token of a fork may not do, and keeps the summary', async () => {
    github.refusal = { status: 403, message: 'Resource not accessible by integration', times: 99 }
    const problems = await report(record())
    expect(problems).toEqual([expect.stringMatching(/no comment: .*Resource not accessible.*pull-requests: write/)])
    expect(await readFile(join(folder, 'summary.md'), 'utf8')).toContain('Deep Dream')
  })

  it('tries again when GitHub is out of order', async () => {
    github.refusal = { status: 502, message: 'Bad gateway', times: 1 }
    expect(await report(record())).toEqual([])
    expect(github.comments).toHaveLength(1)
  })
})

describe('the summary', () => {
  it('stays within the limits of GitHub, whatever a run holds', () => {
    let seed = 7
    const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below
    const words = (length: number) =>
      Array.from({ length }, () => ['word ', '`', '漢', '😀', '<b>', '\n', '|', '\\'][random(8)]).join('')
    for (let round = 0; round < 15; round++) {
      const notebooks = Array.from({ length: random(250) }, () =>
        notebook({
          title: words(random(400)),
          error: words(random(3000)),
          path: words(20),
          status: random(2) ? 'failed' : 'passed',
        }),
      )
      const run = record(notebooks, {
        command: words(random(9000)),
        problems: Array.from({ length: random(300) }, () => words(200)),
      })
      for (const limit of [COMMENT_BYTES, SUMMARY_BYTES]) {
        const text = summaryOf(run, { page: (path) => `https://art.example/${path}`, picture: () => undefined }, limit)
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit)
        expect(text.split('\n').filter((line) => /^`{3,}text$/.test(line)).length * 2).toBeLessThanOrEqual(
          text.split('\n').filter((line) => /^`{3,}(?:text)?$/.test(line)).length,
        )
      }
    }
  })

  it('shows the failures first and counts what has no room', () => {
    const many = Array.from({ length: 3000 }, (_, index) =>
      notebook({ title: `N${index}`, status: index === 2999 ? 'failed' : 'passed' }),
    )
    const text = summaryOf(record(many), nowhere, COMMENT_BYTES)
    expect(text.indexOf('N2999')).toBeLessThan(text.indexOf('N0'))
    const shown = text.match(/^### /gm)!.length
    expect(text).toContain(`${3000 - shown} more notebooks have no room here`)
  })

  it('lets no title be Markdown, HTML or a mention', () => {
    const text = summaryOf(record([notebook({ title: '<img onerror=x> **b** [x](y) @team `' })]), nowhere, 10_000)
    expect(text).toContain('\\<img onerror=x\\> \\*\\*b\\*\\* \\[x\\]\\(y\\) @\u2060team \\`')
  })
})
