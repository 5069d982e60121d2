// Pearson 1901, "On lines and planes of closest fit to systems of points in space"; here of a layer's features over all places.
import type { Edges } from '../engines/edges.ts'
import type { Convolution, Network } from '../networks/network.ts'
import { createRandom } from '../pictures/random.ts'
import type { Measurer } from './measure.ts'
import type { ComponentsTerm, ContentTerm, Objective, Term } from './objective.ts'
import { covarianceOf } from './statistics.ts'

/** An objective without principal components, over a network that has a layer for them. */
export interface Resolved {
  readonly network: Network
  readonly terms: readonly Exclude<Term, ComponentsTerm>[]
}

/**
 * Turns terms of principal components into content terms: the components are the weights of a convolution of 1 x 1, which is added
 * to the network, so that engines and tiles need not know of them. Its channels have mean 0 and deviation 1 over the target.
 */
export async function resolveComponents(
  measurer: Measurer,
  network: Network,
  { terms }: Objective,
  edges: Edges,
): Promise<Resolved> {
  const added: Convolution[] = []
  const resolved: Resolved['terms'][number][] = []
  for (const term of terms) {
    if (term.kind !== 'components') {
      resolved.push(term)
      continue
    }
    const { layer, target, count, weight, mask } = term
    const probes = (['gram', 'mean'] as const).map((statistic) => ({ layer, statistic }))
    const [gram, mean] = await measurer.measure(network, target, probes, edges)
    const name = `components ${added.length + 1} of ${layer}`
    added.push(toLayer(name, layer, mean!, principalComponents(covarianceOf({ gram: gram!, mean: mean! }), count)))
    resolved.push({ kind: 'content', layer: name, target, weight, ...(mask && { mask }) } satisfies ContentTerm)
  }
  return { network: { ...network, layers: [...network.layers, ...added] }, terms: resolved }
}

function toLayer(name: string, input: string, mean: Float32Array, components: readonly Float64Array[]): Convolution {
  const channels = mean.length
  return {
    kind: 'convolution',
    name,
    input,
    weight: Float32Array.from(components.flatMap((component) => [...component])),
    bias: Float32Array.from(components, (component) => -dot(component, mean)),
    shape: [components.length, channels, 1, 1],
    stride: 1,
    padding: 0,
    slope: 1,
  }
}

/**
 * The directions in which features vary most, the first first, each divided by its deviation: what it is multiplied with has variance 1.
 * By orthogonal iteration, which needs no more of a matrix than its products.
 *
 * @param covariance `[channels, channels]`, symmetric
 * @param count The most; fewer where the rest hardly varies
 */
export function principalComponents(covariance: Float32Array, count: number): Float64Array[] {
  const channels = Math.sqrt(covariance.length)
  const random = createRandom(1)
  let basis: Float64Array[] = Array.from({ length: Math.min(count, channels) }, () =>
    Float64Array.from({ length: channels }, () => random.normal()),
  )
  for (let round = 0; round < ROUNDS; round++) {
    basis = orthonormalized(basis.map((vector) => times(covariance, vector)))
  }
  const variances = basis.map((vector) => dot(vector, times(covariance, vector)))
  return basis.flatMap((vector, i) =>
    variances[i]! > LEAST_SHARE * variances[0]! ? [vector.map((value) => value / Math.sqrt(variances[i]!))] : [],
  )
}

/** Gram-Schmidt, twice: once leaves what rounding has lost. */
function orthonormalized(vectors: readonly Float64Array[]): Float64Array[] {
  const done: Float64Array[] = []
  for (const vector of vectors) {
    let rest = vector
    for (let pass = 0; pass < 2; pass++) {
      for (const other of done) {
        const share = dot(other, rest)
        rest = rest.map((value, i) => value - share * other[i]!)
      }
    }
    const length = Math.sqrt(dot(rest, rest))
    done.push(length > 0 ? rest.map((value) => value / length) : rest)
  }
  return done
}

function times(matrix: Float32Array, vector: Float64Array): Float64Array {
  const { length } = vector
  return vector.map((_, row) => {
    let sum = 0
    for (let i = 0; i < length; i++) sum += matrix[row * length + i]! * vector[i]!
    return sum
  })
}

function dot(a: Float64Array, b: Float64Array | Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

const ROUNDS = 200
/** Of the first component's variance: what varies less would be noise, made as large as the rest. */
const LEAST_SHARE = 1e-4
