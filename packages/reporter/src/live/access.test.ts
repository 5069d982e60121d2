import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RUN, useLiveRun } from '../../test/live-run.ts'
import type { CellContent } from '../journal/schema.ts'
import { startLiveServer } from './server.ts'

const live = useLiveRun()
const words = (source: string): CellContent => ({ kind: 'markdown', source })

describe('files', () => {
  it('come in the parts that a video player asks for', async () => {
    await mkdir(join(live.folder, 'assets'), { recursive: true })
    await writeFile(join(live.folder, 'assets/film.mp4'), '0123456789')
    const part = async (range: string) => {
      const response = await live.get('assets/film.mp4', { headers: { range } })
      return [response.status, response.headers.get('content-range'), await response.text()]
    }
    expect(await part('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234'])
    expect(await part('bytes=7-')).toEqual([206, 'bytes 7-9/10', '789'])
    expect(await part('bytes=-2')).toEqual([206, 'bytes 8-9/10', '89'])
    expect((await part('bytes=90-')).slice(0, 2)).toEqual([416, 'bytes */10'])
  })

  it('are made when the page links to them and the run has not written them yet', async () => {
    live.journal.append({ type: 'cell', cell: 'c1', content: words('# A dream') })
    const response = await live.get('report.md')
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('A dream')])
    live.journal.append({ type: 'cell', cell: 'c2', content: words('It goes on') })
    expect(await (await live.get('report.md')).text()).toContain('It goes on')
  })

  it('that an experiment wrote run nothing when they are opened', async () => {
    await mkdir(join(live.folder, 'assets'), { recursive: true })
    await writeFile(join(live.folder, 'assets/evil.html'), '<script>alert(1)</script>')
    await writeFile(join(live.folder, 'assets/index.html'), '<script>alert(1)</script>')
    for (const name of ['evil.html', 'index.html']) {
      const policy = (await live.get(`assets/${name}`)).headers.get('content-security-policy')
      expect(policy).toMatch(/^sandbox; default-src 'none'/)
    }
  })

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    `/${RUN}/%2e%2e/%2e%2e/secret.txt`,
    '/link.txt',
    '/out/secret.txt',
    `/${RUN}/dream.experiment.ts/Deep%20Dream/.endpoint.json`,
    '/%00',
    '/%zz',
  ])('outside the reports, hidden or behind links are not there: %s', async (path) => {
    const outside = await mkdtemp(join(tmpdir(), 'outside-'))
    try {
      await writeFile(join(outside, 'secret.txt'), 'secret')
      await writeFile(join(live.folder, '.endpoint.json'), '{}')
      await symlink(join(outside, 'secret.txt'), join(live.dir, 'link.txt'))
      await symlink(outside, join(live.dir, 'out'))
      expect(await live.raw(path, { cookie: live.cookie })).toBe(404)
    } finally {
      await rm(outside, { recursive: true })
    }
  })
})

describe('the door', () => {
  it('opens for the token, which then is in a cookie that scripts cannot read and no more in the address', async () => {
    const first = await fetch(live.server.url, { redirect: 'manual' })
    expect(first.status).toBe(303)
    expect(first.headers.get('location')).toBe('./')
    expect(first.headers.getSetCookie()[0]).toMatch(/; HttpOnly; SameSite=Lax/)
    expect((await fetch(live.server.url.replace(/token=./, 'token=-'), { redirect: 'manual' })).status).toBe(401)
    expect((await fetch(live.at('./'))).status).toBe(401)
  })

  it('stays closed for names that resolve to this machine', async () => {
    expect(await live.raw('/', { cookie: live.cookie, host: 'evil.example' })).toBe(403)
    expect(await live.raw('/', { cookie: live.cookie, host: '127.0.0.1.evil.example' })).toBe(403)
    expect(await live.raw(`/${RUN}/`, { cookie: live.cookie, host: 'localhost:9999' })).toBe(200)
  })

  it('stays closed for pages of other sites', async () => {
    const { host, pathname } = new URL(live.at('-/answer/c1'))
    expect(await live.raw(pathname, { cookie: live.cookie, host, origin: 'http://evil.example' }, 'POST')).toBe(403)
    expect(await live.raw(pathname, { cookie: live.cookie, host, origin: 'null' }, 'POST')).toBe(403)
    expect(await live.raw(pathname, { cookie: live.cookie, host }, 'POST')).toBe(403)
    expect(await live.raw(`/${RUN}/`, { cookie: live.cookie, host, 'sec-fetch-site': 'cross-site' })).toBe(403)
    expect(await live.raw(pathname, { cookie: live.cookie, host, origin: `http://${host}` }, 'POST')).toBe(503)
  })

  it('is on loopback only', async () => {
    expect(new URL(live.server.url).hostname).toBe('127.0.0.1')
    await expect(
      startLiveServer({ dir: live.dir, run: RUN, port: Number(new URL(live.server.url).port) }),
    ).rejects.toThrow(/port \d+ is in use/)
  })
})
