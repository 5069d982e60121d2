import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import type { RunRecord } from '../run/record.ts'
import type { GitHub } from './github.ts'

/** Holds pictures of reports and nothing else; it shares no history with the code. */
const BRANCH = 'notebook-pictures'
const MOST = 60

interface Ref {
  object: { sha: string }
}
interface Sha {
  sha: string
}

/**
 * Puts the pictures of a run into a branch of the repository, where they stay for as long as somebody reads the comment.
 *
 * @param folder of the run
 * @param server `https://github.com`
 * @returns addresses by the picture's path in the run; they name a commit, so they show the same for good
 */
export async function pushPictures(
  github: GitHub,
  { folder, record, server }: { folder: string; record: RunRecord; server: string },
): Promise<Map<string, string>> {
  const wanted = [...new Set(record.notebooks.flatMap(({ thumbnail }) => thumbnail ?? []))].slice(0, MOST)
  const names = new Map<string, string>()
  const tree: { path: string; mode: '100644'; type: 'blob'; sha: string }[] = []
  for (const path of wanted) {
    const data = await small(join(folder, path)).catch(() => undefined)
    if (!data) continue
    const name = `${createHash('sha256').update(data).digest('hex').slice(0, 32)}.webp`
    names.set(path, name)
    const blob = await github.call<Sha>('POST', '/git/blobs', { content: data.toString('base64'), encoding: 'base64' })
    tree.push({ path: name, mode: '100644', type: 'blob', sha: blob!.sha })
  }
  if (tree.length === 0) return new Map()
  const commit = await commitTree(github, tree, record.run)
  return new Map([...names].map(([path, name]) => [path, `${server}/${github.repository}/raw/${commit}/${name}`]))
}

/** Two runs may push at once: who comes second builds upon the first. */
async function commitTree(github: GitHub, tree: unknown[], run: string): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const ref = await github.call<Ref>('GET', `/git/ref/heads/${BRANCH}`)
    const parent = ref?.object.sha
    const base = parent && (await github.call<{ tree: Sha }>('GET', `/git/commits/${parent}`))
    const made = await github.call<Sha>('POST', '/git/trees', { tree, ...(base && { base_tree: base.tree.sha }) })
    const body = { message: `Pictures of ${run}`, tree: made!.sha, parents: parent ? [parent] : [] }
    const { sha } = (await github.call<Sha>('POST', '/git/commits', body))!
    try {
      if (parent) await github.call('PATCH', `/git/refs/heads/${BRANCH}`, { sha, force: false })
      else await github.call('POST', '/git/refs', { ref: `refs/heads/${BRANCH}`, sha })
      return sha
    } catch (error) {
      if (attempt === 5) throw error
    }
  }
}

/** What a comment shows: GitHub's image proxy gives up on large files. */
async function small(path: string): Promise<Buffer> {
  return await sharp(await readFile(path))
    .rotate()
    .resize({ width: 720, height: 720, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 82 })
    .toBuffer()
}
