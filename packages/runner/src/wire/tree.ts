import { hash } from 'node:crypto'
import type { TreeEntry } from './protocol.ts'

/** What names a tree: neither the size of a file nor the pack it lies in. */
export type NamedEntry =
  | { path: string; mode: number; hash: string }
  | { path: string; link: string }
  | { path: string; directory: true }

/** A tree in words: a line for each entry, sorted, in whatever order they are listed. */
export function describeTree(entries: readonly NamedEntry[]): string[] {
  return entries.map(describe).toSorted()
}

/** The name of a tree: sha256 over what is in it, wherever the bytes come from. */
export function hashTree(entries: readonly TreeEntry[]): string {
  return hashLines(describeTree(entries))
}

export function hashLines(lines: readonly string[]): string {
  return hash('sha256', toText(lines))
}

export function toText(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

function describe(entry: NamedEntry): string {
  const path = JSON.stringify(entry.path)
  if ('link' in entry) return `${path} link ${JSON.stringify(entry.link)}`
  if ('directory' in entry) return `${path} directory`
  return `${path} file ${entry.mode.toString(8)} ${entry.hash}`
}
