import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { createStore } from '../agent/store.ts'
import { supplyTree } from '../agent/supply-tree.ts'
import type { TreeManifest } from '../wire/protocol.ts'
import { createWorkspaceSync } from './workspace-sync.ts'

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'workspace-sync-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A workspace of 60 sources and a package of 60 files, just written. */
function makeWorkspace() {
  const root = makeFolder()
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  write('node_modules/dependency/package.json', '{ "name": "dependency" }')
  for (let index = 0; index < 60; index += 1) {
    write(`src/${index}.ts`, `export const value = ${index}`)
    write(`node_modules/dependency/${index}.js`, `exports.value = ${index}`)
  }
  symlinkSync('1.ts', join(root, 'src/link.ts'))
  return { root, write }
}

/** A host's store, and what it was asked to do since the last look. */
function makeHost() {
  const store = createStore(makeFolder())
  const built: TreeManifest[] = []
  let uploads = 0
  const target = {
    missing: (hashes: string[]) => store.missing(hashes),
    upload: async (pack: { hash: string }, content: AsyncIterable<Uint8Array>) => {
      uploads += 1
      await store.receive(pack, content)
    },
    pull: (packs: { hash: string; url: string }[]) => store.pull(packs),
    tree: (manifest: TreeManifest) => {
      built.push(manifest)
      return store.tree(manifest)
    },
  }
  return {
    target,
    /** paths in the trees that were built, and packs that were sent */
    done() {
      const paths = built.splice(0).flatMap(({ entries }) => entries.map(({ path }) => path))
      const packs = uploads
      uploads = 0
      return { paths: paths.toSorted(), packs }
    },
    async show(trees: readonly string[]) {
      const folder = makeFolder()
      for (const tree of trees) await supplyTree(store.treePath(tree), folder)
      return describeFolder(folder)
    },
  }
}

/** A run each time: what it knows of earlier ones lies in `cacheDir`. */
function makeRun(root: string, cacheDir: string = makeFolder()) {
  return async (host: ReturnType<typeof makeHost>) => {
    const expected: string[][] = []
    const { trees } = await createWorkspaceSync({ cacheDir }).sync(host.target, {
      root,
      packages: ['dependency'],
      outputs: [],
      signal: new AbortController().signal,
      onPlan: (planned) => expected.push(planned),
      onProgress: () => {},
    })
    return { trees, expected: expected.at(-1)!, ...host.done(), shown: await host.show(trees) }
  }
}

function describeFolder(root: string, folder = ''): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of readdirSync(join(root, folder))) {
    const path = join(folder, name)
    const stats = lstatSync(join(root, path))
    if (stats.isDirectory()) Object.assign(found, describeFolder(root, path))
    else if (stats.isSymbolicLink()) found[path] = `-> ${readlinkSync(join(root, path))}`
    else found[path] = `${(stats.mode & 0o777).toString(8)} ${readFileSync(join(root, path), 'utf8')}`
  }
  return found
}

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
  for (const name of readdirSync(join(cacheDir, 'trees'))) writeFileSync(join(cacheDir, 'trees', name), 'damaged')
  for (const name of readdirSync(join(cacheDir, 'hashes'))) writeFileSync(join(cacheDir, 'hashes', name), 'damaged')
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
  write('changing', 'a'.repeat(before))
  const { missing } = host.target
  host.target.missing = async (hashes) => {
    host.target.missing = missing
    write('changing', 'b'.repeat(after))
    return await missing(hashes)
  }
  expect((await run(host)).shown['changing']).toBe(`644 ${'b'.repeat(after)}`)
})
