// The messages of onnx.proto3 that a model needs; field numbers are from that file.
import { bytes, float, integer, message } from './protobuf.ts'
import type { Message } from './protobuf.ts'

/** The value of a node's attribute: a whole number, a list of them, or text. */
export type Attribute = number | readonly number[] | string

/** NodeProto. */
export function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
): Message {
  return message(
    inputs.map((name) => bytes(1, name)),
    outputs.map((name) => bytes(2, name)),
    bytes(4, operator),
    Object.entries(attributes).map(([name, value]) => bytes(5, attribute(name, value))),
  )
}

/** TensorProto with raw data: floats or 64-bit integers. */
export function tensor(name: string, shape: readonly number[], data: Float32Array | BigInt64Array): Message {
  return message(
    shape.map((size) => integer(1, size)),
    integer(2, data instanceof Float32Array ? FLOAT : INT64),
    bytes(8, name),
    bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  )
}

/** ValueInfoProto of a float tensor. */
export function valueInfo(name: string, shape: readonly number[]): Message {
  const dimensions = message(shape.map((size) => bytes(1, integer(1, size))))
  const tensorType = message(integer(1, FLOAT), bytes(2, dimensions))
  return message(bytes(1, name), bytes(2, bytes(1, tensorType)))
}

export interface GraphParts {
  readonly nodes: readonly Message[]
  readonly constants: readonly Message[]
  readonly inputs: readonly Message[]
  readonly outputs: readonly Message[]
}

/** ModelProto: IR version 8, operator set 17. */
export function model({ nodes, constants, inputs, outputs }: GraphParts): Message {
  const graph = message(
    nodes.map((part) => bytes(1, part)),
    bytes(2, 'art'),
    constants.map((part) => bytes(5, part)),
    inputs.map((part) => bytes(11, part)),
    outputs.map((part) => bytes(12, part)),
  )
  return message(integer(1, 8), bytes(7, graph), bytes(8, message(bytes(1, ''), integer(2, 17))))
}

function attribute(name: string, value: Attribute): Message {
  if (typeof value === 'string') return message(bytes(1, name), bytes(4, value), integer(20, 3))
  if (typeof value === 'number') {
    return Number.isInteger(value)
      ? message(bytes(1, name), integer(3, value), integer(20, 2))
      : message(bytes(1, name), float(2, value), integer(20, 1))
  }
  return message(
    bytes(1, name),
    value.map((item) => integer(8, item)),
    integer(20, 7),
  )
}

const FLOAT = 1
const INT64 = 7
