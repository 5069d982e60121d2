import type { Duplex } from 'node:stream'

/**
 * Lets what is written in one turn leave together. ssh2 writes each packet in three parts, and each would be a system call,
 * and often a packet of the network, of its own.
 */
export function gatherWrites(stream: Duplex): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean
  let isGathering = false
  stream.write = (...args: unknown[]) => {
    if (!isGathering) {
      isGathering = true
      stream.cork()
      process.nextTick(() => {
        isGathering = false
        stream.uncork()
      })
    }
    return write(...args)
  }
}
