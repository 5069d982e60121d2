import { createHash } from 'node:crypto'
import type { TreeEntry } from './protocol.ts'

/** The name of a tree: sha256 over what is in it, wherever the bytes come from and in whatever order it is listed. */
export function hashTree(entries: readonly TreeEntry[]): string {
  const hash = createHash('sha256')
  for (const line of entries.map(describe).toSorted()) hash.update(`${line}\n`)
  return hash.digest('hex')
}

function describe(entry: TreeEntry): string {
  const path = JSON.stringify(entry.path)
  if ('link' in entry) return `${path} link ${JSON.stringify(entry.link)}`
  if ('directory' in entry) return `${path} directory`
  return `${path} file ${entry.mode.toString(8)} ${entry.hash}`
}
