// Chen, Xu, Zhang and Guestrin 2016, "Training deep nets with sublinear memory cost": compute again rather than keep.
import type { Edges } from '../engines/edges.ts'
import type { Engine, GivenNumbers, MeasuredTerm, Meter, Probe, SlopeTerm } from '../engines/engine.ts'
import { toEvaluation } from '../evaluation.ts'
import type { Evaluator } from '../evaluation.ts'
import type { Network } from '../networks/network.ts'
import { toPicture } from '../pictures/picture.ts'
import type { Picture, Size } from '../pictures/picture.ts'
import { cut, layOut, patchFrom, sizeKey, sizeOfTile } from './layout.ts'
import type { Layout } from './layout.ts'
import { addTo } from './measure.ts'
import { placesInTile } from './places.ts'
import type { Tile } from './plan.ts'
import { styleLosses } from './style-losses.ts'
import type { StyleGroup } from './style-losses.ts'
import { folded, surrounded } from './surroundings.ts'

export interface TileOptions {
  readonly edges: Edges
  /** the longest side of a tile, in pixels */
  readonly tile: number
}

/**
 * Prepares terms for canvases that are looked at tile by tile: the same loss and gradient as in one piece, but for rounding, in the memory
 * of one tile. Statistics are averages over the whole, so there are two passes: the first adds up the tiles' averages; from these follow
 * the losses and their slopes, which the second carries back to the pixels of each tile.
 *
 * @throws when the tiles are smaller than what the layers see around a place
 */
export async function compileTiles(
  engine: Engine,
  network: Network,
  terms: readonly MeasuredTerm[],
  size: Size,
  { edges, tile: side }: TileOptions,
): Promise<Evaluator> {
  const layout = layOut(network, [...new Set(terms.map(({ layer }) => layer))], size, edges, side)
  const groups = groupsOf(terms)
  const local = terms.filter((term) => term.kind === 'content' || term.kind === 'dream')
  const probes = groups.flatMap((group) => probesOf(group))
  const parts = [...local.map((term, i) => givenTerm(term, i)), ...groups.flatMap((group) => slopesOf(group))]
  const stack = new AsyncDisposableStack()
  const meters = new Map<string, Meter>()
  const evaluators = new Map<string, Evaluator>()
  for (const tile of layout.tiles) {
    const key = sizeKey(tile)
    if (evaluators.has(key)) continue
    const options = { edges: 'zero', lean: true } as const
    if (probes.length > 0) {
      meters.set(key, stack.use(await engine.meter(network, probes, sizeOfTile(tile), options)))
    }
    evaluators.set(key, stack.use(await engine.compile(network, parts, sizeOfTile(tile), options)))
  }

  async function averages(canvas: Picture): Promise<Float32Array[]> {
    let sums: Float32Array[] | undefined
    if (probes.length === 0) return []
    for (const tile of layout.tiles) {
      const pixels = cut(canvas, tile).data
      const measured = await meters.get(sizeKey(tile))!.measure(pixels, placesGiven(layout, tile, groups))
      if (sums) for (const [i, part] of measured.entries()) addTo(sums[i]!, part)
      else sums = measured
    }
    return sums!
  }

  return {
    async evaluate(pixels) {
      const canvas = surrounded(toPicture(pixels, size), edges)
      const styles = styleLosses(groups, await averages(canvas))
      const gradient = new Float32Array(canvas.data.length)
      const localLosses = local.map(() => 0)
      for (const tile of layout.tiles) {
        const given = { ...placesGiven(layout, tile, groups), ...localGiven(layout, tile, local), ...styles.slopes }
        const evaluation = await evaluators.get(sizeKey(tile))!.evaluate(cut(canvas, tile).data, given)
        for (const i of local.keys()) localLosses[i]! += evaluation.terms[localName(i)]!
        addTile(gradient, canvas, tile, evaluation.gradient)
      }
      const values = [...local.map((_, i) => localLosses[i]!), ...styles.losses]
      const all = [...local, ...groups.flatMap((group) => group.terms)]
      return toEvaluation(all, values, folded(gradient, size, edges))
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** Style terms that look at one layer in one way share their averages. */
function groupsOf(terms: readonly MeasuredTerm[]): StyleGroup[] {
  const groups: StyleGroup[] = []
  for (const term of terms) {
    if (term.kind === 'content' || term.kind === 'dream') continue
    const places = term.places as Float32Array | undefined
    let group = groups.find((known) => known.layer === term.layer && known.places === places)
    if (!group) groups.push((group = { name: `style ${groups.length}`, layer: term.layer, places, terms: [] }))
    group.terms.push(term)
  }
  return groups
}

function probesOf({ name, layer }: StyleGroup): Probe[] {
  const places = { given: `places of ${name}` }
  return [
    { layer, places, statistic: 'gram' },
    { layer, places, statistic: 'mean' },
  ]
}

function slopesOf({ name, layer }: StyleGroup): SlopeTerm[] {
  return (['gram', 'mean'] as const).map((statistic) => ({
    kind: 'slope',
    statistic,
    layer,
    weight: 1,
    label: `${statistic} slope of ${name}`,
    slope: { given: `${statistic} slope of ${name}` },
    places: { given: `places of ${name}` },
  }))
}

type LocalTerm = Extract<MeasuredTerm, { kind: 'content' | 'dream' }>

function givenTerm(term: LocalTerm, index: number): MeasuredTerm {
  const label = localName(index)
  const places = { given: `places of ${label}` }
  return term.kind === 'content'
    ? { ...term, label, places, target: { given: `target of ${label}` } }
    : { ...term, label, places }
}

function localName(index: number): string {
  return `local ${index}`
}

function placesGiven(layout: Layout, tile: Tile, groups: readonly StyleGroup[]): GivenNumbers {
  return Object.fromEntries(
    groups.map(({ name, layer, places }) => [`places of ${name}`, placesInTile(layout, tile, layer, places)]),
  )
}

function localGiven(layout: Layout, tile: Tile, local: readonly LocalTerm[]): GivenNumbers {
  return Object.fromEntries(
    local.flatMap((term, i) => {
      const places = placesInTile(layout, tile, term.layer, term.places as Float32Array | undefined)
      const named = [[`places of ${localName(i)}`, places] as const]
      if (term.kind === 'dream') return named
      const target = term.target as Float32Array
      const patch = patchFrom(target, layout.wholeOf(term.layer), layout.patchOf(tile, term.layer))
      return [...named, [`target of ${localName(i)}`, patch] as const]
    }),
  )
}

function addTile(sum: Float32Array, { width }: Size, tile: Tile, gradient: Float32Array): void {
  const size = sizeOfTile(tile)
  for (let y = 0; y < size.height; y++) {
    const into = ((tile.down.from + y) * width + tile.across.from) * 3
    const from = y * size.width * 3
    for (let i = 0; i < size.width * 3; i++) sum[into + i]! += gradient[from + i]!
  }
}
