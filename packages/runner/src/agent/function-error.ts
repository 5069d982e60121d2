import { types } from 'node:util'
import { whyNotCloneable } from '../wire/cloneable.ts'

/** An error as it travels: itself, and what structured clones drop of it. */
export function toFunctionError(error: unknown): { error: unknown; details: Record<string, unknown> } {
  if (!types.isNativeError(error)) {
    const why = whyNotCloneable(error, 'what the function threw')
    return why === undefined
      ? { error, details: {} }
      : { error: new TypeError(`The function failed, and ${why}`), details: {} }
  }
  const details: Record<string, unknown> = { name: error.name }
  for (const [key, value] of Object.entries(error)) {
    if (key !== 'cause' && whyNotCloneable(value, key) === undefined) details[key] = value
  }
  // What was sent as text has no name of its own but its whole content.
  if (error.stack !== undefined)
    error.stack = error.stack.replaceAll(/data:text\/javascript;base64,[\w+/=]+/g, 'function')
  return { error: withPlainCause(error), details }
}

/** A cause that cannot travel would keep its error from travelling. */
function withPlainCause(error: Error): Error {
  if (whyNotCloneable(error.cause, 'cause') === undefined) return error
  const plain = new Error(error.message)
  plain.name = error.name
  if (error.stack !== undefined) plain.stack = error.stack
  return plain
}
