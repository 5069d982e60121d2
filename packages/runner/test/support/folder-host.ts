import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createStore } from '../../src/agent/store.ts'
import { supplyTree } from '../../src/agent/supply-tree.ts'
import { createWorkspaceSync } from '../../src/sync/workspace-sync.ts'

export interface BringOptions {
  /** of the user; by default one of its own */
  cacheDir?: string
  onNotice?: (sentence: string) => void
}

/** Brings a workspace and its packages to a folder, as a host would have them. Returns the folder, which goes with the test. */
export async function bringToFolder(
  root: string,
  packages: readonly string[],
  { cacheDir, onNotice = () => {} }: BringOptions = {},
): Promise<string> {
  const host = mkdtempSync(join(tmpdir(), 'host-'))
  onTestFinished(() => rmSync(host, { recursive: true, force: true }))
  const store = createStore(join(host, 'store'))
  const sync = createWorkspaceSync({ cacheDir: cacheDir ?? join(host, 'cache'), onNotice })
  const { trees } = await sync.sync(
    {
      missing: (hashes) => store.missing(hashes),
      upload: (pack, content) => store.receive(pack, content),
      pull: (packs) => store.pull(packs),
      tree: (manifest) => store.tree(manifest),
    },
    { root, packages, outputs: [], signal: new AbortController().signal, onProgress: () => {} },
  )
  const there = join(host, 'there')
  mkdirSync(there)
  for (const tree of trees) await supplyTree(store.treePath(tree), there)
  return there
}
