import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { MirrorEvent } from '../wire/protocol.ts'
import { createMirrorWriter } from './mirror-writer.ts'

function open() {
  const outside = mkdtempSync(join(tmpdir(), 'mirror-'))
  onTestFinished(() => rmSync(outside, { recursive: true, force: true }))
  const folder = join(outside, 'root')
  const writer = createMirrorWriter(folder)
  const data = (path: string, text: string, more: Partial<Extract<MirrorEvent, { kind: 'data' }>> = {}) =>
    writer.write({
      view: 'v',
      folder,
      path,
      kind: 'data',
      offset: 0,
      data: Buffer.from(text),
      truncate: true,
      size: text.length,
      ...more,
    })
  return { outside, folder, writer, data, read: (path: string) => readFileSync(join(folder, path), 'utf8') }
}

it('follows growth and replacement', async () => {
  const { data, read } = open()
  await data('a/b/journal', 'one')
  await data('a/b/journal', 'two', { offset: 3, truncate: false, size: 6 })
  expect(read('a/b/journal')).toBe('onetwo')
  await data('a/b/journal', 'new')
  expect(read('a/b/journal')).toBe('new')
  await data('empty', '')
  expect(read('empty')).toBe('')
})

it('shows a file that comes in parts only when it is whole', async () => {
  const { data, read, folder } = open()
  await data('picture', 'old')
  await data('picture', 'he', { size: 5 })
  expect(read('picture')).toBe('old')
  await data('picture', 'llo', { offset: 2, truncate: false, size: 5 })
  expect(read('picture')).toBe('hello')
  expect(readdirSync(folder)).toEqual(['picture'])
})

it('leaves no part of a file that began anew or never became whole', async () => {
  const { data, writer, folder } = open()
  await data('x', 'ab', { size: 5 })
  await data('x', 'abc', { size: 5 })
  await data('y', 'ab', { size: 5 })
  await writer.close()
  expect(readdirSync(folder)).toEqual([])
})

it('deletes files, never folders', async () => {
  const { writer, data, folder } = open()
  await data('a/b', 'x')
  await writer.write({ view: 'v', folder, path: 'a', kind: 'delete' })
  expect(existsSync(join(folder, 'a/b'))).toBe(true)
  await writer.write({ view: 'v', folder, path: 'a/b', kind: 'delete' })
  expect(existsSync(join(folder, 'a/b'))).toBe(false)
})

it.each(['../escaped', 'a/../../escaped', '/etc/escaped', '', '.', 'a//b', 'a/./b', 'a\0b', `${'x/'.repeat(3000)}y`])(
  'refuses the path %j of a hostile host',
  async (path) => {
    const { outside, folder, writer, data } = open()
    await expect(data(path, 'evil')).rejects.toMatchObject({ code: 'EC2_PROTOCOL' })
    await expect(writer.write({ view: 'v', folder, path, kind: 'delete' })).rejects.toMatchObject({
      code: 'EC2_PROTOCOL',
    })
    expect(readdirSync(outside).filter((name) => name !== 'root')).toEqual([])
  },
)

it('follows no link, wherever it lies on the way', async () => {
  const { outside, folder, data, writer } = open()
  mkdirSync(folder)
  writeFileSync(join(outside, 'precious'), 'mine')
  symlinkSync(outside, join(folder, 'door'))
  symlinkSync(join(outside, 'precious'), join(folder, 'file'))
  await expect(data('door/precious', 'evil')).rejects.toMatchObject({ code: 'EC2_PROTOCOL' })
  await expect(data('file', 'evil', { offset: 2, truncate: false })).rejects.toThrow('ELOOP')
  await data('file', 'replaces the link itself')
  await expect(writer.write({ view: 'v', folder, path: 'door/precious', kind: 'delete' })).rejects.toMatchObject({
    code: 'EC2_PROTOCOL',
  })
  expect(readFileSync(join(outside, 'precious'), 'utf8')).toBe('mine')
})

it.each([
  { offset: -1 },
  { offset: Number.NaN },
  { offset: 2 ** 60 },
  { offset: 65 * 2 ** 30, truncate: false },
  { data: 'a string' as never },
  { size: 1.5 },
])('refuses the nonsense %j', async (nonsense) => {
  const { data } = open()
  await expect(data('file', 'x', nonsense)).rejects.toMatchObject({ code: 'EC2_PROTOCOL' })
})
