import type { ComputeHost, ComputeProvider } from '../fleet/compute-provider.ts'
import type { Connection, HostAddress } from '../host/connection.ts'
import { Ec2Error } from '../errors.ts'
import { parseDestination } from './parse-destination.ts'

export interface StaticProviderOptions {
  /** `user@host[:port]` or an alias of `~/.ssh/config`, one per machine */
  destinations: readonly string[]
  connect: (address: HostAddress, options: { signal: AbortSignal }) => Promise<Connection>
}

/** Hands out machines that somebody owns: a workstation in the lab. They are never launched and never ended. */
export function createStaticProvider({ destinations, connect }: StaticProviderOptions): ComputeProvider {
  const free = new Set(destinations)
  return {
    name: 'static',
    plan: async () => ({ summary: destinations.join(', '), slots: 1, gpus: 0, usdPerHour: undefined }),
    findWarm: async () => [],
    async launch() {
      const [destination] = free
      if (destination === undefined) {
        throw new Ec2Error(
          'EC2_CAPACITY',
          `All of the ${destinations.length} owned hosts are in use: ${destinations.join(', ')}`,
          {
            fix: 'Lower `maxHosts` to their number, or add more under `ssh`.',
          },
        )
      }
      free.delete(destination)
      return toHost(destination, connect, () => free.add(destination))
    },
    close: async () => {},
  }
}

function toHost(destination: string, connect: StaticProviderOptions['connect'], giveBack: () => void): ComputeHost {
  const address = parseDestination(destination)
  return {
    id: destination,
    description: destination,
    market: 'owned',
    usdPerHour: undefined,
    startedAt: Date.now(),
    async connect({ signal, onPhase }) {
      onPhase({ phase: 'connecting' })
      return await connect(address, { signal })
    },
    terminate: async () => giveBack(),
    keepWarm: async () => giveBack(),
  }
}
