import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createStore } from '../src/agent/store.ts'
import { supplyTree } from '../src/agent/supply-tree.ts'
import { createWorkspaceSync } from '../src/sync/workspace-sync.ts'
import type { TreeManifest } from '../src/wire/protocol.ts'

export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'workspace-sync-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A workspace of 60 sources and a package of 60 files, just written. */
export function makeWorkspace() {
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
export function makeHost() {
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
export function makeRun(
  root: string,
  cacheDir: string = makeFolder(),
  onNotice: (sentence: string) => void = () => {},
) {
  return async (host: ReturnType<typeof makeHost>, onPlan: () => void = () => {}) => {
    const expected: string[][] = []
    const { trees } = await createWorkspaceSync({ cacheDir, onNotice }).sync(host.target, {
      root,
      packages: ['dependency'],
      outputs: [],
      signal: new AbortController().signal,
      onPlan(planned) {
        expected.push(planned)
        onPlan()
      },
      onProgress: () => {},
    })
    return { trees, expected: expected.at(-1)!, ...host.done(), shown: await host.show(trees) }
  }
}

export function describeFolder(root: string, folder = ''): Record<string, string> {
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
