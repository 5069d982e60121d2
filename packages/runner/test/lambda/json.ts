import type { Host } from 'vitest-pool-ec2/remote'
import data from './data.json' with { type: 'json' }

export const nameOf = (host: Host): Promise<string> => host.run(() => data.name)
