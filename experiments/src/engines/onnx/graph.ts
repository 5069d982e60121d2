import { model, node, tensor, valueInfo } from './model.ts'
import type { Attribute } from './model.ts'
import type { Message } from './protobuf.ts'

/** A value of the graph under construction, `[1, channels, height, width]` unless said otherwise. */
export interface Value {
  readonly name: string
  readonly shape: readonly number[]
}

/**
 * Writes an ONNX graph and, because ONNX Runtime does not differentiate, its backward pass: whoever adds an operation also says, by
 * `onBackward`, how the gradient of its output becomes gradients of its inputs; `gradientOf` then runs these in reverse.
 */
export class Graph {
  readonly #nodes: Message[] = []
  readonly #constants: Message[] = []
  readonly #inputs = new Map<string, Value>()
  readonly #gradients = new Map<string, Value[]>()
  readonly #backward: (() => void)[] = []
  #count = 0

  /** An input of the model, the same for each call with its name. */
  input(name: string, shape: readonly number[]): Value {
    const value = this.#inputs.get(name) ?? { name, shape }
    this.#inputs.set(name, value)
    return value
  }

  /** The model's inputs so far. */
  get inputs(): readonly Value[] {
    return [...this.#inputs.values()]
  }

  floats(shape: readonly number[], data: Float32Array): Value {
    return this.#constant(shape, data)
  }

  scalar(value: number): Value {
    return this.#constant([], Float32Array.of(value))
  }

  integers(...values: readonly number[]): Value {
    return this.#constant([values.length], BigInt64Array.from(values, BigInt))
  }

  /** Adds a node with one output. */
  add(
    operator: string,
    inputs: readonly Value[],
    shape: readonly number[],
    attributes?: Readonly<Record<string, Attribute>>,
  ): Value {
    return this.addMany(operator, inputs, [shape], attributes)[0]!
  }

  /** Adds a node with an output for each shape. */
  addMany(
    operator: string,
    inputs: readonly Value[],
    shapes: readonly (readonly number[])[],
    attributes?: Readonly<Record<string, Attribute>>,
  ): Value[] {
    const outputs = shapes.map((shape) => ({ name: this.#name(operator), shape }))
    this.#nodes.push(
      node(
        operator,
        inputs.map(({ name }) => name),
        outputs.map(({ name }) => name),
        attributes,
      ),
    )
    return outputs
  }

  /** Registers how the gradient of `output` flows on; called only if there is one. */
  onBackward(output: Value, flow: (gradient: Value) => void): void {
    this.#backward.push(() => {
      const gradient = this.#summed(output)
      if (gradient) flow(gradient)
    })
  }

  /** Adds a gradient to what has arrived at a value. */
  addGradient(value: Value, gradient: Value): void {
    this.#gradients.set(value.name, [...(this.#gradients.get(value.name) ?? []), gradient])
  }

  /** Emits the backward pass down to `value`, and returns its gradient. */
  gradientOf(value: Value): Value {
    for (const flow of this.#backward.toReversed()) flow()
    return this.#summed(value) ?? this.floats(value.shape, new Float32Array(sizeOf(value.shape)))
  }

  /** The finished model, with its outputs under the given names. */
  toModel(outputs: Readonly<Record<string, Value>>): Message {
    const named = Object.entries(outputs).map(([name, value]) => {
      this.#nodes.push(node('Identity', [value.name], [name]))
      return valueInfo(name, value.shape)
    })
    const inputs = this.inputs.map(({ name, shape }) => valueInfo(name, shape))
    return model({ nodes: this.#nodes, constants: this.#constants, inputs, outputs: named })
  }

  #summed(value: Value): Value | undefined {
    const gradients = this.#gradients.get(value.name) ?? []
    return gradients.length > 1 ? this.add('Sum', gradients, value.shape) : gradients[0]
  }

  #constant(shape: readonly number[], data: Float32Array | BigInt64Array): Value {
    const name = this.#name('constant')
    this.#constants.push(tensor(name, shape, data))
    return { name, shape }
  }

  #name(operator: string): string {
    return `${operator.toLowerCase()}_${this.#count++}`
  }
}

/** The number of values of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1)
}
