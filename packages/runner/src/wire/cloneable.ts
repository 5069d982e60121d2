import { types } from 'node:util'

/**
 * Why a value cannot travel, or nothing when it can. Structured clones make plain objects of class instances without a
 * word, which nobody would notice before it hurts.
 * @param what the value for messages: `argument 1`, `the captured variable \`box\``
 */
export function whyNotCloneable(value: unknown, what: string, seen: Set<unknown> = new Set()): string | undefined {
  if (typeof value === 'function' || typeof value === 'symbol') return `${what} is a ${typeof value}`
  if (typeof value !== 'object' || value === null || seen.has(value)) return undefined
  seen.add(value)
  if (isBuiltIn(value)) return undefined
  const inside = (part: unknown, where: string) => whyNotCloneable(part, `${what} (${where})`, seen)
  if (value instanceof Map) {
    for (const [key, item] of value) {
      const why = inside(key, 'a key of it') ?? inside(item, `key ${String(key)}`)
      if (why) return why
    }
    return undefined
  }
  if (value instanceof Set) {
    for (const item of value) {
      const why = inside(item, 'an item of it')
      if (why) return why
    }
    return undefined
  }
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null
  const className = prototype?.constructor?.name
  // By name: the plain object of another realm counts.
  if (!Array.isArray(value) && prototype !== null && className !== 'Object') {
    return `${what} is an instance of ${className ?? 'a class'}`
  }
  for (const [key, item] of Object.entries(value)) {
    const why = inside(item, Array.isArray(value) ? `item ${key}` : `property ${key}`)
    if (why) return why
  }
  return undefined
}

function isBuiltIn(value: object): boolean {
  return (
    (ArrayBuffer.isView(value) && isPlainView(value)) ||
    types.isAnyArrayBuffer(value) ||
    types.isDate(value) ||
    types.isRegExp(value) ||
    types.isNativeError(value) ||
    types.isBoxedPrimitive(value)
  )
}

/** A `Buffer` is meant too: it arrives as the `Buffer` it was. */
function isPlainView(view: ArrayBufferView): boolean {
  return types.isTypedArray(view) || view instanceof DataView
}
