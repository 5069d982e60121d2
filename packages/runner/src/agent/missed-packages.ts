import { randomUUID } from 'node:crypto'
import { Ec2Error } from '../errors.ts'
import type { AgentEvent, MissedPackage, PackageSupply } from '../wire/protocol.ts'

/** Packages that workers miss and wait for until the client has brought them, or has said why not. */
export interface MissedPackages {
  /** resolves when it is in the view, or the client has none either. @throws Ec2Error with the client's reason */
  miss(view: string, missed: MissedPackage): Promise<void>
  /** the client's answer */
  supply(request: string, supply: PackageSupply): Promise<void>
  close(): void
}

/** @param put copies a tree of the store into a view */
export function createMissedPackages(
  tell: (event: AgentEvent) => void,
  put: (view: string, tree: string) => Promise<void>,
): MissedPackages {
  const waiting = new Map<string, { view: string; resolve: () => void; reject: (error: Error) => void }>()
  return {
    async miss(view, missed) {
      const request = randomUUID()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      waiting.set(request, { view, resolve, reject })
      tell({ event: 'missed-package', request, view, ...missed })
      await promise
    },
    async supply(request, { trees = [], error }) {
      const asked = waiting.get(request)
      waiting.delete(request)
      if (!asked) return
      try {
        if (error !== undefined) throw new Ec2Error('EC2_SYNC', error)
        for (const tree of trees) await put(asked.view, tree) // what is there stays: the topmost first
        asked.resolve()
      } catch (cause) {
        asked.reject(cause as Error)
      }
    },
    close() {
      for (const { reject } of waiting.values()) reject(new Ec2Error('EC2_ABORTED', 'The client has left'))
      waiting.clear()
    },
  }
}
