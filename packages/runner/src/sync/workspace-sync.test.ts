import { chmodSync, lstatSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Ec2Error } from '../errors.ts'
import { describeFolder, makeFolder, makeHost, makeRun, makeWorkspace } from '../../test/synced-workspace.ts'

it('brings all of it once, and nothing to a host that has it', async () => {
  const { root } = makeWorkspace()
  const [host, run] = [makeHost(), makeRun(root)]
  const first = await run(host)
  expect(first.paths).toHaveLength(122)
  expect(first.shown).toEqual(describeFolder(root))
  const second = await run(host)
  expect(second).toMatchObject({ trees: first.trees, expected: first.trees, paths: [], packs: 0 })
})

it('brings what has changed as a layer above the rest', async () => {
  const { root, write } = makeWorkspace()
  const [host, run] = [makeHost(), makeRun(root)]
  const { trees: before } = await run(host)
  write('src/7.ts', 'export const value = "changed"')
  write('src/new.ts', 'export {}')
  const changed = await run(host)
  expect(changed).toMatchObject({ paths: ['src/7.ts', 'src/new.ts'], packs: 1 })
  expect(changed.trees.slice(1)).toEqual(before)
  expect(changed.expected).toEqual(changed.trees)
  expect(changed.shown).toEqual(describeFolder(root))
  expect(await run(host)).toMatchObject({ trees: changed.trees, expected: changed.trees, paths: [], packs: 0 })

  chmodSync(join(root, 'node_modules/dependency/3.js'), 0o755)
  rmSync(join(root, 'src/link.ts'))
  symlinkSync('2.ts', join(root, 'src/link.ts'))
  const again = await run(host)
  // A layer has all that differs from the base, however many changes that were.
  expect(again.paths).toEqual(['node_modules/dependency/3.js', 'src/7.ts', 'src/link.ts', 'src/new.ts'])
  expect(again.trees).toHaveLength(4)
  expect(again.shown).toEqual(describeFolder(root))
})

it('brings a tree whole when something is gone, or became a folder, or much has changed', async () => {
  const { root, write } = makeWorkspace()
  const [host, run] = [makeHost(), makeRun(root)]
  await run(host)
  const expectWhole = async (change: () => void) => {
    change()
    const { trees, shown } = await run(host)
    expect(trees).toHaveLength(2)
    expect(shown).toEqual(describeFolder(root))
  }
  await expectWhole(() => rmSync(join(root, 'src/1.ts')))
  await expectWhole(() => {
    rmSync(join(root, 'src/2.ts'))
    write('src/2.ts/index.ts', 'export {}')
  })
  await expectWhole(() => [4, 5, 6, 7].forEach((index) => write(`src/${index}.ts`, 'export const value = "changed"')))
})

it('brings a tree whole to a host that has not what lies below the layer', async () => {
  const { root, write } = makeWorkspace()
  const run = makeRun(root)
  await run(makeHost())
  write('src/7.ts', 'export const value = "changed"')
  const other = makeHost()
  const { trees, shown, expected } = await run(other)
  expect([trees.length, expected.length]).toEqual([2, 3])
  expect(shown).toEqual(describeFolder(root))
  expect((await run(other)).trees).toEqual(trees)
})

it('brings a tree whole when what it knew of the last one is damaged', async () => {
  const { root, write } = makeWorkspace()
  const cacheDir = makeFolder()
  const [host, run] = [makeHost(), makeRun(root, cacheDir)]
  await run(host)
  await sleep(2100)
  await run(host)
  for (const kind of ['trees', 'hashes', 'scans'])
    for (const name of readdirSync(join(cacheDir, kind))) writeFileSync(join(cacheDir, kind, name), 'damaged')
  write('src/7.ts', 'export const value = "changed"')
  const { trees, shown } = await run(host)
  expect(trees).toHaveLength(2)
  expect(shown).toEqual(describeFolder(root))
})

it('notices a change that leaves a file as long and as old as it was', async () => {
  const { root, write } = makeWorkspace()
  const file = join(root, 'node_modules/dependency/7.js')
  const [host, run] = [makeHost(), makeRun(root)]
  await run(host)
  // At once, while the file is so new that its times may not tell two versions apart; and when hashes are remembered.
  for (const text of ['exports.value = a', 'exports.value = b']) {
    const { atime, mtime } = lstatSync(file)
    write('node_modules/dependency/7.js', text)
    utimesSync(file, atime, mtime)
    expect((await run(host)).shown['node_modules/dependency/7.js']).toBe(`644 ${text}`)
    await sleep(2100)
    await run(host)
  }
})

it.each([
  ['that is small', 1000, 1000],
  ['that is small and grows', 1000, 1001],
  ['that is large', 5 << 20, 5 << 20],
])('brings a file %s as it is in the end when it changes meanwhile', async (_which, before, after) => {
  const { root, write } = makeWorkspace()
  const [host, run] = [makeHost(), makeRun(root)]
  await run(host)
  write('changing', 'a'.repeat(before))
  const { missing } = host.target
  host.target.missing = async (hashes) => {
    host.target.missing = missing
    write('changing', 'b'.repeat(after))
    return await missing(hashes)
  }
  expect((await run(host)).shown['changing']).toBe(`644 ${'b'.repeat(after)}`)
})

it('sends packs for the first time while the rest is planned, and the same ones as always', async () => {
  const { root, write } = makeWorkspace()
  const [host, other, run] = [makeHost(), makeHost(), makeRun(root)]
  for (let index = 0; index < 300; index += 1) write(`many/${index % 7}/${index}.ts`, `${index} `.repeat(32_000))
  write('many/same.ts', '1 '.repeat(32_000))
  write('large', 'a'.repeat(5 << 20))
  const { upload } = host.target
  let early = 0
  let isPlanned = false
  host.target.upload = async (pack, content) => {
    if (!isPlanned) early += 1
    await upload(pack, content)
  }
  const first = await run(host, () => (isPlanned = true))
  expect(first.shown).toEqual(describeFolder(root))
  expect(early).toBeGreaterThan(3)
  expect((await run(other)).packs).toBe(first.packs)
})

it('brings at the end what could not be sent before', async () => {
  const { root, write } = makeWorkspace()
  const [host, run] = [makeHost(), makeRun(root)]
  for (let index = 0; index < 36; index += 1) write(`large/${index}`, `${index}`.repeat(1 << 20))
  const { missing } = host.target
  host.target.missing = async () => {
    host.target.missing = missing
    throw new Ec2Error('EC2_UNREACHABLE', 'The connection was lost')
  }
  expect((await run(host)).shown).toEqual(describeFolder(root))
})
