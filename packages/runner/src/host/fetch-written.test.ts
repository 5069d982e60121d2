import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { WrittenFile } from '../wire/protocol.ts'
import { fetchWritten } from './fetch-written.ts'

function open(content: Buffer = Buffer.from('content')) {
  const outside = mkdtempSync(join(tmpdir(), 'fetch-'))
  onTestFinished(() => rmSync(outside, { recursive: true, force: true }))
  const root = join(outside, 'root')
  mkdirSync(root)
  const hash = createHash('sha256').update(content).digest('hex')
  const file = (path: string, more: object = {}): WrittenFile => ({
    path,
    kind: 'file',
    size: content.length,
    mode: 0o644,
    hash,
    ...more,
  })
  const fetch = (written: WrittenFile, read = async (from = 0, to?: number) => content.subarray(from, to)) =>
    fetchWritten(async (_view, _path, from, to) => await read(from, to), 'v', root, written)
  return { outside, root, file, fetch, content }
}

it('brings a file of several pieces, with its mode', async () => {
  const { root, file, fetch, content } = open(Buffer.alloc(9 << 20, 'x'))
  await fetch(file('a/b/run.sh', { mode: 0o755 }))
  expect(readFileSync(join(root, 'a/b/run.sh')).equals(content)).toBe(true)
  expect(statSync(join(root, 'a/b/run.sh')).mode & 0o111).toBe(0o111)
})

it('leaves what is here when the content is not what its hash says', async () => {
  const { root, file, fetch } = open()
  writeFileSync(join(root, 'f'), 'mine')
  await expect(fetch(file('f'), async () => Buffer.from('another'))).rejects.toMatchObject({ code: 'EC2_SYNC' })
  await expect(fetch(file('f'), async () => Buffer.alloc(0))).rejects.toMatchObject({ code: 'EC2_SYNC' })
  await expect(fetch(file('f', { size: 2 ** 50 }))).rejects.toMatchObject({ code: 'EC2_SYNC' })
  expect(readFileSync(join(root, 'f'), 'utf8')).toBe('mine')
  expect(readdirSync(root)).toEqual(['f'])
})

it('makes links that stay inside, and no others', async () => {
  const { root, fetch } = open()
  await fetch({ path: 'a/link', kind: 'link', link: '../b' })
  expect(readlinkSync(join(root, 'a/link'))).toBe('../b')
  for (const link of ['/etc/passwd', '../../x', '../..', '']) {
    await expect(fetch({ path: 'a/bad', kind: 'link', link })).rejects.toMatchObject({ code: 'EC2_PROTOCOL' })
  }
  expect(readdirSync(join(root, 'a'))).toEqual(['link'])
})

it('deletes what was deleted', async () => {
  const { root, fetch } = open()
  writeFileSync(join(root, 'f'), '')
  await fetch({ path: 'f', kind: 'deleted' })
  expect(existsSync(join(root, 'f'))).toBe(false)
})

it.each(['../f', '/f', 'a/../../f', 'door/f'])('refuses the path %j of a hostile host', async (path) => {
  const { outside, root, file, fetch } = open()
  writeFileSync(join(outside, 'f'), 'mine')
  symlinkSync(outside, join(root, 'door'))
  for (const written of [
    file(path),
    { path, kind: 'deleted' },
    { path, kind: 'link', link: 'x' },
  ] satisfies WrittenFile[]) {
    await expect(fetch(written)).rejects.toMatchObject({ code: 'EC2_PROTOCOL' })
  }
  expect(readFileSync(join(outside, 'f'), 'utf8')).toBe('mine')
  expect(readdirSync(outside).toSorted()).toEqual(['f', 'root'])
})
