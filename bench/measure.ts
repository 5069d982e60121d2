/** One line of a results table: what was measured, ours, a named peer's, and what ours divided by the peer's may be. */
export interface Row {
  name: string
  /** seconds, or what `unit` says; the median of the counted runs */
  ours: number
  peer: number
  unit?: string
  /** the ratio we want to stay below; nothing: none is set */
  goal?: number
}

export interface Bench {
  title: string
  /** what stands in the column of the peer */
  peer: string
  /** what a reader must know to judge the figures */
  note?: string
  /** why it cannot run on this machine, and what it wants; nothing: it can */
  missing?(): Promise<string | undefined>
  run(): AsyncIterable<Row> | Iterable<Row>
}

/**
 * Measures two things in turn, A B A B, so that a machine that grows slower meanwhile slows down both, and takes medians.
 * @returns seconds
 */
export async function inTurn(
  ours: () => Promise<number | void>,
  peer: () => Promise<number | void>,
  { runs = 5, warmUp = 1 }: { runs?: number; warmUp?: number } = {},
): Promise<{ ours: number; peer: number }> {
  const times: { ours: number[]; peer: number[] } = { ours: [], peer: [] }
  for (let run = -warmUp; run < runs; run += 1) {
    const a = await time(ours)
    const b = await time(peer)
    if (run < 0) continue
    times.ours.push(a)
    times.peer.push(b)
  }
  return { ours: median(times.ours), peer: median(times.peer) }
}

/** Seconds that an action takes; an action that measures itself returns its own. */
export async function time(action: () => Promise<number | void>): Promise<number> {
  const start = performance.now()
  const own = await action()
  return own ?? (performance.now() - start) / 1000
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
