import { copyFileSync, linkSync, lstatSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join, posix } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { Ec2Error } from '../errors.ts'
import { contentName } from '../wire/pack.ts'
import type { TreeEntry, TreeManifest } from '../wire/protocol.ts'
import { hashTree } from '../wire/tree.ts'

/** Entries between two looks at what else the agent has to do. */
const BATCH = 200

/**
 * Builds a tree of hard links into unpacked packs, in an empty folder.
 * @throws Ec2Error `EC2_PROTOCOL` when an entry would lie or lead outside the tree, `EC2_SYNC` when a pack is not here
 */
export async function buildTree(manifest: TreeManifest, folder: string, packs: string): Promise<void> {
  const entries = manifest.entries.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const hash = hashTree(entries)
  if (hash !== manifest.hash) {
    throw new Ec2Error(
      'EC2_PROTOCOL',
      `The tree ${manifest.hash} arrived as another one: its entries have the hash ${hash}`,
    )
  }
  const folders = new Set(['.'])
  const others = new Set<string>()
  for (const [index, entry] of entries.entries()) {
    if (index % BATCH === 0) await breathe()
    checkPath(entry.path)
    if ('directory' in entry) makeFolder(entry.path)
    else {
      makeFolder(posix.dirname(entry.path))
      if (folders.has(entry.path) || others.has(entry.path)) throw refusal(entry.path, 'it is there twice')
      others.add(entry.path)
      const path = join(folder, entry.path)
      if ('link' in entry) symlinkSync(checkLink(entry), path)
      else linkContent(entry, path, packs)
    }
  }

  // Never through a link: what is no folder of this tree is no way to go.
  function makeFolder(path: string): void {
    if (folders.has(path)) return
    makeFolder(posix.dirname(path))
    if (others.has(path)) throw refusal(path, 'it is a folder and something else')
    mkdirSync(join(folder, path), { mode: 0o755 })
    folders.add(path)
  }
}

function linkContent(entry: Extract<TreeEntry, { pack: string }>, path: string, packs: string): void {
  if (!/^[0-9a-f]{64}$/.test(entry.pack) || !/^[0-9a-f]{64}$/.test(entry.hash)) throw refusal(entry.path, 'no hash')
  const content = join(packs, entry.pack, contentName(entry))
  // A machine that lost its power in the middle may have kept the name of a file without its bytes.
  const size = lstatSync(content, { throwIfNoEntry: false })?.size
  if (size !== entry.size) throw lacking(entry, packs, size)
  try {
    linkSync(content, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // As many links as the file system can count, or none at all.
    if (code !== 'EMLINK' && code !== 'EPERM' && code !== 'ENOTSUP') throw error
    copyFileSync(content, path)
  }
}

function lacking({ path, pack }: { path: string; pack: string }, packs: string, size: number | undefined): Ec2Error {
  rmSync(join(packs, pack), { recursive: true, force: true })
  const what = size === undefined ? 'is not on the host' : 'is damaged on the host and was removed'
  return new Ec2Error('EC2_SYNC', `The pack ${pack}, of which ${path} is made, ${what}`, {
    fix: 'Run again: it is sent anew.',
    data: { pack, path },
  })
}

function checkPath(path: string): void {
  const steps = path.split('/')
  if (path.length > 4096 || steps.some((step) => step === '' || step === '.' || step === '..' || step.includes('\0'))) {
    throw refusal(path, 'it does not lie plainly below it')
  }
}

function checkLink({ path, link }: { path: string; link: string }): string {
  const target = posix.join(posix.dirname(path), link)
  if (link === '' || link.includes('\0') || posix.isAbsolute(link) || target === '..' || target.startsWith('../')) {
    throw refusal(path, `it is a link that leads out of it, to ${link.slice(0, 200)}`)
  }
  return link
}

function refusal(path: string, why: string): Ec2Error {
  return new Ec2Error('EC2_PROTOCOL', `The host does not take \`${path.slice(0, 200)}\` into a tree: ${why}`, {
    data: { path },
  })
}
