// The messages of TensorFlow's graph.proto, node_def.proto, attr_value.proto and tensor.proto; field numbers are from these files.
import { readFields, readFloat } from './protobuf.ts'

/** A node's attributes by name, each an AttrValue not read yet. */
export type GraphNode = ReadonlyMap<string, Uint8Array>

/** Reads a frozen TensorFlow graph: its nodes by name. */
export function readGraph(file: Uint8Array): Map<string, GraphNode> {
  const nodes = new Map<string, GraphNode>()
  for (const { number, value } of readFields(file)) {
    if (number !== 1 || typeof value === 'number') continue
    const attributes = new Map<string, Uint8Array>()
    let name = ''
    for (const field of readFields(value)) {
      if (typeof field.value === 'number') continue
      if (field.number === 1) name = textOf(field.value)
      if (field.number === 5) {
        const [key, attribute] = [1, 2].map((part) => bytesOf(field.value as Uint8Array, part))
        attributes.set(textOf(key!), attribute!)
      }
    }
    nodes.set(name, attributes)
  }
  return nodes
}

/**
 * The value of a constant of 32-bit floats.
 *
 * @throws when the graph has no such constant
 */
export function tensorOf(
  nodes: ReadonlyMap<string, GraphNode>,
  name: string,
): { shape: readonly number[]; values: Float32Array } {
  const attribute = nodes.get(name)?.get('value')
  if (!attribute) throw new Error(`The graph has no constant ${name}`)
  const tensor = bytesOf(attribute, 8)
  const shape: number[] = []
  for (const { number, value } of readFields(bytesOf(tensor, 2))) {
    if (number !== 2 || typeof value === 'number') continue
    for (const size of readFields(value)) if (size.number === 1) shape.push(size.value as number)
  }
  const values = new Float32Array(Uint8Array.from(bytesOf(tensor, 4)).buffer)
  const count = shape.reduce((a, b) => a * b, 1)
  if (values.length !== count) throw new Error(`The constant ${name} has ${values.length} floats, its shape ${count}`)
  return { shape, values }
}

/** A number among a node's attributes, or undefined where it has none of that name. */
export function numberOf(nodes: ReadonlyMap<string, GraphNode>, name: string, attribute: string): number | undefined {
  const value = nodes.get(name)?.get(attribute)
  if (!value) return undefined
  for (const field of readFields(value)) {
    if (field.number === 3) return field.value as number
    if (field.number === 4) return readFloat(field.value as Uint8Array)
  }
  return undefined
}

function bytesOf(message: Uint8Array, wanted: number): Uint8Array {
  for (const { number, value } of readFields(message)) {
    if (number === wanted && typeof value !== 'number') return value
  }
  return new Uint8Array()
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}
