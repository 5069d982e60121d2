import type { Edges } from '../engines/edges.ts'
import type { Engine, MeasuredTerm } from '../engines/engine.ts'
import type { Network } from '../networks/network.ts'
import type { Picture, Size } from '../pictures/picture.ts'
import { labelOf } from './objective.ts'
import type { ContentTerm, Objective, StyleTerm, Term } from './objective.ts'

/**
 * Turns the pictures that an objective names into numbers.
 *
 * @throws when a content target has another size than the canvas
 */
export async function measureTargets(
  engine: Engine,
  network: Network,
  { terms }: Objective,
  size: Size,
  edges: Edges,
): Promise<MeasuredTerm[]> {
  const targets = new Map<Term, Float32Array>()
  const contents = terms.filter((term) => term.kind === 'content')
  const styles = terms.filter((term): term is StyleTerm => term.kind === 'gram' || term.kind === 'mean')
  for (const { target } of contents) assertSameSize(target, size)
  await measureAll(engine, network, contents, edges, targets)
  // A painting does not go on at its other side.
  await measureAll(engine, network, styles, edges === 'wrap' ? 'mirror' : edges, targets)
  return terms.map((term) => toMeasured(term, targets.get(term)))
}

/** Measures each picture once, at all layers that are asked for. */
async function measureAll(
  engine: Engine,
  network: Network,
  terms: readonly (ContentTerm | StyleTerm)[],
  edges: Edges,
  targets: Map<Term, Float32Array>,
): Promise<void> {
  for (const [picture, group] of Map.groupBy(terms, ({ target }) => target)) {
    const probes = group.map(
      ({ kind, layer }) => ({ layer, statistic: kind === 'content' ? 'features' : kind }) as const,
    )
    const measured = await engine.measure(network, picture, probes, edges)
    for (const [i, term] of group.entries()) targets.set(term, measured[i]!)
  }
}

function toMeasured(term: Term, target: Float32Array | undefined): MeasuredTerm {
  const label = labelOf(term)
  if (!('target' in term) || !target) return { ...term, label } as MeasuredTerm
  const scale = Math.max(meanSquare(target), Number.MIN_VALUE)
  return { kind: term.kind, layer: term.layer, weight: term.weight / scale, label, target }
}

/**
 * The mean of the squares.
 *
 * A function of its own, for V8 13.6 (Node 24): where the loop stands in the function that makes the term, code
 * optimised in the midst of the loop (Maglev's on-stack replacement with escape analysis) can give the terms made
 * later one weight, and the same seed another picture.
 */
function meanSquare(values: Float32Array): number {
  let squares = 0
  for (const value of values) squares += value * value
  return squares / values.length
}

function assertSameSize(target: Picture, size: Size): void {
  if (target.width === size.width && target.height === size.height) return
  throw new RangeError(
    `A content target must have the size of the canvas, ${size.width} x ${size.height}, got ${target.width} x ${target.height}`,
  )
}
