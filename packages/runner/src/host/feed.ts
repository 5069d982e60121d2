import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ExecOptions } from './connection.ts'

/**
 * Writes a command's input. A command that does not take all of it is no mistake; an input that breaks off is one.
 * @param onBroken hears why it broke off
 */
export function feed(input: ExecOptions['input'], output: Writable, onBroken: (cause: Error) => void): void {
  output.on('error', () => {})
  if (!(input instanceof Readable)) return void output.end(input)
  let isLeft = false
  for (const event of ['error', 'close']) output.once(event, () => (isLeft = true))
  input.once('error', (cause) => {
    if (!isLeft) onBroken(cause)
  })
  pipeline(input, output).catch(() => {})
}
