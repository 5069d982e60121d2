import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { packFolder, unpackInto } from './tar.ts'

function open(): { source: string; target: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tar-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const name of ['source', 'target']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'source/a'), 'abc')
  return { source: join(folder, 'source'), target: join(folder, 'target') }
}

it('unpacks an archive whose padding comes long after its end mark', async () => {
  const { source, target } = open()
  const packed = execFileSync('tar', ['-cf', '-', '-C', source, './a'])
  const { archive, ended } = unpackInto(target)
  const slow = Readable.from(
    (async function* () {
      yield packed
      await ended // tar has left
      yield Buffer.alloc(1 << 20)
    })(),
  )
  await Promise.all([pipeline(slow, archive), ended])
  expect(readFileSync(join(target, 'a'), 'utf8')).toBe('abc')
})

it('packs for somebody who begins to read when tar has left', async () => {
  const { source, target } = open()
  let packed = Buffer.alloc(0)
  await packFolder(source, ['a'], async (archive) => {
    await sleep(300) // a connection is opened, say
    packed = await buffer(archive)
  })
  execFileSync('tar', ['-xf', '-', '-C', target], { input: packed })
  expect(readFileSync(join(target, 'a'), 'utf8')).toBe('abc')
})

it('packs for somebody who stops before the padding', async () => {
  const { source } = open()
  writeFileSync(join(source, 'large'), Buffer.alloc(1 << 20, 'x'))
  let first = 0
  await packFolder(source, ['a', 'large'], async (archive) => {
    for await (const chunk of archive.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      first = chunk.length
      break
    }
    await sleep(100) // as much as the pipe holds is written meanwhile
  })
  expect(first).toBeGreaterThan(0)
})

it('ends tar when nobody takes what it packs', async () => {
  const { source } = open()
  writeFileSync(join(source, 'large'), Buffer.alloc(8 << 20, 'x'))
  const failed = packFolder(source, ['large'], async () => {
    throw new Error('no space there')
  })
  await expect(failed).rejects.toThrow('no space there')
})

it('says which folder cannot be packed, and where nothing can be unpacked', async () => {
  const { source, target } = open()
  await expect(packFolder(source, ['a', 'gone'], buffer)).rejects.toMatchObject({
    code: 'EC2_SYNC',
    message: expect.stringMatching(/source cannot be packed: .*gone: Cannot stat/),
  })
  const { archive, ended } = unpackInto(target)
  archive.end('no archive at all, and long enough to be read as one'.repeat(20))
  await expect(ended).rejects.toMatchObject({ code: 'EC2_SYNC', message: expect.stringContaining('target') })
})

it('takes no more of an archive that cannot be unpacked', async () => {
  const { source, target } = open()
  const packed = execFileSync('tar', ['-cf', '-', '-C', source, './a'])
  const { archive, ended } = unpackInto(join(target, 'gone')) // tar finds out at the first file
  const endless = Readable.from(
    (async function* () {
      yield packed.subarray(0, 1024) // a file, and no end mark
      for (;;) yield await setImmediate(Buffer.alloc(1 << 16, 'x')) // a turn for others, as a network gives
    })(),
  )
  const [sent, unpacked] = await Promise.allSettled([pipeline(endless, archive), ended])
  expect([sent, unpacked]).toEqual(Array.from({ length: 2 }, () => expect.objectContaining({ status: 'rejected' })))
})
