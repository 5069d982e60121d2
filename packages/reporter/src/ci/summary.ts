import type { NotebookEntry, RunRecord } from '../run/record.ts'
import { headBlock, notebookBlock, tailBlock, type RunLinks } from './blocks.ts'

/** GitHub's limits. A job's summary is counted in bytes, a comment in UTF-16 units: bytes are never fewer. */
export const SUMMARY_BYTES = 1024 * 1024
export const COMMENT_BYTES = 65_536

const ORDER: readonly NotebookEntry['status'][] = ['failed', 'killed', 'cancelled', 'running', 'passed']
/** for the sentence about what is left out */
const RESERVE = 400

/**
 * A run in Markdown for GitHub, the failures first. It is made of whole blocks and ends before the limit: what has no room is
 * counted, and the whole report is linked.
 *
 * @param limit in bytes of UTF-8
 */
export function summaryOf(record: RunRecord, links: RunLinks, limit: number): string {
  const head = headBlock(record, links)
  const tail = clipped(tailBlock(record), limit - RESERVE - size(head))
  let room = limit - RESERVE - size(head) - size(tail)
  const shown: string[] = []
  const sorted = record.notebooks.toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status))
  for (const entry of sorted) {
    const block = `\n${notebookBlock(entry, links)}`
    if (size(block) > room) break
    shown.push(block)
    room -= size(block)
  }
  const hidden = record.notebooks.length - shown.length
  const rest =
    hidden === 0
      ? ''
      : `\n${hidden} more ${hidden === 1 ? 'notebook has' : 'notebooks have'} no room here; the whole report has ${hidden === 1 ? 'it' : 'them'}.\n`
  return `${head}${shown.join('')}${rest}\n${tail}`
}

function size(text: string): number {
  return Buffer.byteLength(text)
}

/** A tail that is too long is left out: half of it would be broken Markdown. */
function clipped(tail: string, room: number): string {
  return size(tail) > room / 2 ? '' : tail
}
