import type { OpenEngine } from '../engines/open-engine.ts'
import type { Network } from '../networks/network.ts'

/** What a report says of where its pictures are computed, and why there, as Markdown. */
export function madeWith(network: Network, { engine, reason }: OpenEngine): string {
  return `The network is **${network.name}**, the engine ${engine.device}. ${reason}`
}
