import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hash } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { packed } from '../../test/support/packed.ts'
import type { TreeEntry } from '../wire/protocol.ts'
import { hashTree } from '../wire/tree.ts'
import { createStore } from './store.ts'

function makeStore() {
  const folder = mkdtempSync(join(tmpdir(), 'store-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return { folder, store: createStore(folder) }
}

function makePack(seed: number, count = 40) {
  return packed(Array.from({ length: count }, (_, index) => Buffer.from(`${seed} ${index} `.repeat(500))))
}

async function* inPieces(bytes: Buffer, error?: Error): AsyncGenerator<Buffer> {
  yield bytes.subarray(0, 100)
  if (error) throw error
  yield bytes.subarray(100)
}

it('unpacks many packs at a time, each as it would alone', async () => {
  const { folder, store } = makeStore()
  const packs = Array.from({ length: 60 }, (_, seed) => makePack(seed))
  await Promise.all(packs.map((pack) => store.receive(pack, inPieces(pack.bytes))))
  for (const { hash: name, contents } of packs) {
    const files = readdirSync(join(folder, 'packs', name))
    expect(files).toHaveLength(contents.length)
    for (const content of contents)
      expect(readFileSync(join(folder, 'packs', name, hash('sha256', content))).equals(content)).toBe(true)
  }
})

it('refuses among many the one that is damaged and the one that breaks off, and leaves nothing of them', async () => {
  const { folder, store } = makeStore()
  const packs = Array.from({ length: 60 }, (_, seed) => makePack(seed))
  const [broken, nonsense, short] = packs.slice(-3) as [(typeof packs)[0], (typeof packs)[0], (typeof packs)[0]]
  const results = await Promise.allSettled(
    packs.map((pack) => {
      if (pack === broken) return store.receive(pack, inPieces(pack.bytes, new Error('cut')))
      if (pack === nonsense) return store.receive(pack, inPieces(Buffer.from(pack.bytes).fill(7, 200, 300)))
      if (pack === short) return store.receive(pack, [pack.bytes.subarray(0, -20)])
      return store.receive(pack, inPieces(pack.bytes))
    }),
  )
  expect(results.slice(-3)).toMatchObject([
    { reason: { message: 'cut' } },
    { reason: { code: 'EC2_SYNC', data: { pack: nonsense.hash } } },
    { reason: { code: 'EC2_SYNC', data: { pack: short.hash } } },
  ])
  expect(results.slice(0, -3).every(({ status }) => status === 'fulfilled')).toBe(true)
  expect(readdirSync(join(folder, 'packs')).toSorted()).toEqual(
    packs
      .slice(0, -3)
      .map((pack) => pack.hash)
      .toSorted(),
  )
})

it('unpacks what is larger compressed, or plain, than memory should hold at once', async () => {
  const { folder, store } = makeStore()
  const zeros = Buffer.alloc(40 << 20)
  const noise = Buffer.from(Array.from({ length: 3 << 20 }, (_, index) => (index * 2654435761) >>> 13))
  for (const content of [zeros, noise]) {
    const pack = packed([content], 0o755)
    await store.receive(pack, inPieces(pack.bytes))
    const file = join(folder, 'packs', pack.hash, `${hash('sha256', content)}.x`)
    expect(readFileSync(file).equals(content)).toBe(true)
  }
})

it('builds a large tree as it builds a small one, and says why it does not', async () => {
  const { store } = makeStore()
  const pack = makePack(1, 10_500)
  await store.receive(pack, [pack.bytes])
  const entries = pack.contents.map((content, index): TreeEntry => {
    return { path: `a/${index}`, pack: pack.hash, hash: hash('sha256', content), mode: 0o644, size: content.length }
  })
  const tree = await store.tree({ hash: hashTree(entries), entries })
  expect(readFileSync(join(store.treePath(tree), 'a/10400')).equals(pack.contents[10_400]!)).toBe(true)
  const outside = [...entries, { path: '../outside', link: 'a' }]
  await expect(store.tree({ hash: hashTree(outside), entries: outside })).rejects.toMatchObject({
    code: 'EC2_PROTOCOL',
    data: { path: '../outside' },
  })
})
