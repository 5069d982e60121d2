import { inputsOf, shapeOf, upTo } from '../networks/network.ts'
import type { FeatureShape, Network } from '../networks/network.ts'
import type { Size } from '../pictures/picture.ts'
import { croppedBy, marginOf } from './edges.ts'
import type { Edges } from './edges.ts'

/**
 * The shapes of all layers that the named ones need, for canvases of one size; `'input'` is the canvas itself.
 *
 * @throws when a name is not a layer of the network
 */
export function shapesOf(
  network: Network,
  names: readonly string[],
  { width, height }: Size,
): Map<string, FeatureShape> {
  const shapes = new Map<string, FeatureShape>([['input', { channels: 3, width, height }]])
  for (const layer of upTo(network, names)) {
    const inputs = inputsOf(layer).map((name) => shapes.get(name)!)
    shapes.set(layer.name, shapeOf(layer, inputs))
  }
  return shapes
}

/** The shapes of the named layers as terms see them: without the features of the canvas's surroundings. */
export function croppedShapesOf(
  network: Network,
  names: readonly string[],
  size: Size,
  edges: Edges,
): Map<string, FeatureShape> {
  const margin = marginOf(edges, size)
  const surrounded = { width: size.width + 2 * margin, height: size.height + 2 * margin }
  const shapes = shapesOf(network, names, surrounded)
  const along = (length: number, pixels: number) => length - 2 * croppedBy(margin, pixels, length)
  const crop = ({ channels, width, height }: FeatureShape) => ({
    channels,
    width: along(width, size.width),
    height: along(height, size.height),
  })
  return new Map(names.map((name) => [name, crop(shapes.get(name)!)]))
}
