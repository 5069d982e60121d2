import type { Edges } from '../engines/edges.ts'
import type { Engine, MeasuredTerm } from '../engines/engine.ts'
import { croppedShapesOf } from '../engines/shapes.ts'
import type { FeatureShape, Network } from '../networks/network.ts'
import type { Picture, Size } from '../pictures/picture.ts'
import { labelOf, layersOf } from './objective.ts'
import type { Blend, ContentTerm, SmoothnessTerm, StyleTerm, Term } from './objective.ts'
import { placesUnder } from './places.ts'
import type { Resolved } from './principal-components.ts'
import { statisticOf } from './statistics.ts'

/** What looks at pictures through a network. */
export type Measurer = Pick<Engine, 'measure'>

/**
 * Turns the pictures that an objective names into numbers.
 *
 * @returns the terms that look at layers, in the objective's order
 * @throws when a content target has another size than the canvas, or a mask is black
 */
export async function measureTargets(
  measurer: Measurer,
  network: Network,
  objective: { readonly terms: Resolved['terms'] },
  size: Size,
  edges: Edges,
): Promise<MeasuredTerm[]> {
  const terms = objective.terms.filter((term) => term.kind !== 'totalVariation')
  const contents = terms.filter((term) => term.kind === 'content')
  const styles = terms.filter((term): term is StyleTerm => term.kind !== 'content' && term.kind !== 'dream')
  for (const { target } of contents) assertSameSize(target, size)
  const shapes = croppedShapesOf(network, layersOf(objective), size, edges)
  const features = await measureContents(measurer, network, contents, edges)
  // A painting does not go on at its other side.
  const statistics = await measureStyles(measurer, network, styles, edges === 'wrap' ? 'mirror' : edges)
  const places = new PlacesOfMasks(shapes)
  return terms.map((term) => toMeasured(term, features.get(term) ?? statistics.get(term), places.of(term)))
}

type LayerTerm = Exclude<Resolved['terms'][number], SmoothnessTerm>

async function measureContents(
  measurer: Measurer,
  network: Network,
  terms: readonly ContentTerm[],
  edges: Edges,
): Promise<Map<Term, Float32Array>> {
  const targets = new Map<Term, Float32Array>()
  for (const [picture, group] of Map.groupBy(terms, ({ target }) => target)) {
    const probes = group.map(({ layer }) => ({ layer, statistic: 'features' }) as const)
    const measured = await measurer.measure(network, picture, probes, edges)
    for (const [i, term] of group.entries()) targets.set(term, measured[i]!)
  }
  return targets
}

/** Looks at each picture once, at all layers that are asked for. */
async function measureStyles(
  measurer: Measurer,
  network: Network,
  terms: readonly StyleTerm[],
  edges: Edges,
): Promise<Map<Term, Float32Array>> {
  const targets = new Map<Term, Float32Array>()
  const parts = terms.flatMap((term) => toBlend(term.target).map((part) => ({ term, ...part })))
  for (const [picture, group] of Map.groupBy(parts, (part) => part.picture)) {
    const layers = [...new Set(group.map(({ term }) => term.layer))]
    const probes = layers.flatMap((layer) => [
      { layer, statistic: 'gram' } as const,
      { layer, statistic: 'mean' } as const,
    ])
    const measured = await measurer.measure(network, picture, probes, edges)
    for (const { term, share } of group) {
      const at = 2 * layers.indexOf(term.layer)
      const statistic = statisticOf(term.kind, { gram: measured[at]!, mean: measured[at + 1]! })
      const sum = targets.get(term)
      targets.set(
        term,
        statistic.map((value, i) => (sum?.[i] ?? 0) + share * value),
      )
    }
  }
  return targets
}

/** A target as pictures whose shares add up to 1. */
function toBlend(target: Picture | Blend): Blend {
  if (!Array.isArray(target)) return [{ picture: target as Picture, share: 1 }]
  const blend = target as Blend
  const whole = blend.reduce((sum, { share }) => sum + share, 0)
  if (!(whole > 0) || blend.some(({ share }) => share < 0)) {
    throw new RangeError(
      `The shares of a blend must not be negative, and not all be zero, got ${blend.map(({ share }) => share).join(', ')}`,
    )
  }
  return blend.map(({ picture, share }) => ({ picture, share: share / whole }))
}

/** Computes what places count once for each mask and layer: terms with the same array are looked at together. */
class PlacesOfMasks {
  readonly #shapes: ReadonlyMap<string, FeatureShape>
  readonly #known = new Map<Picture, Map<string, Float32Array>>()

  constructor(shapes: ReadonlyMap<string, FeatureShape>) {
    this.#shapes = shapes
  }

  of({ mask, layer }: LayerTerm): Float32Array | undefined {
    if (!mask) return undefined
    const byLayer = this.#known.get(mask) ?? new Map<string, Float32Array>()
    this.#known.set(mask, byLayer)
    const places = byLayer.get(layer) ?? placesUnder(mask, this.#shapes.get(layer)!)
    byLayer.set(layer, places)
    return places
  }
}

function toMeasured(term: LayerTerm, target: Float32Array | undefined, places: Float32Array | undefined): MeasuredTerm {
  const { kind, layer, weight } = term
  const where = places ? { places } : {}
  const shared = { layer, label: labelOf(term), ...where }
  if (kind === 'dream') return { kind, weight, ...shared, ...(term.channel !== undefined && { channel: term.channel }) }
  const scale = Math.max(meanSquare(target!), Number.MIN_VALUE)
  return { kind, weight: weight / scale, target: target!, ...shared }
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
