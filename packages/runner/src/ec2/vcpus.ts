import type { Instance } from '@aws-sdk/client-ec2'
import type { Clients } from './clients.ts'
import { findSizes } from './network.ts'
import { quotaOf } from './quotas.ts'

/** vCPUs of what runs, by the code of the quota that they count towards. */
export type VcpusInUse = Readonly<Record<string, number>>

/** What the account's instances take of its quotas now, whoever launched them; nothing where the caller may not look. */
export async function findVcpusInUse(clients: Clients): Promise<VcpusInUse> {
  const instances = await listRunning(clients).catch(() => [])
  const unsized = instances.filter((instance) => ownVcpus(instance) === undefined)
  const types = [...new Set(unsized.flatMap(({ InstanceType }) => InstanceType ?? []))]
  const sizes = await findSizes(clients, types).catch((): Awaited<ReturnType<typeof findSizes>> => ({}))
  const inUse: Record<string, number> = {}
  for (const instance of instances) {
    const { InstanceType = '', InstanceLifecycle, Placement } = instance
    // Dedicated hosts and capacity blocks have limits of their own.
    if (Placement?.Tenancy === 'host' || !['spot', undefined].includes(InstanceLifecycle)) continue
    const code = quotaOf(InstanceType, InstanceLifecycle === 'spot' ? 'spot' : 'on-demand')?.code
    if (code === undefined) continue
    inUse[code] = (inUse[code] ?? 0) + (ownVcpus(instance) ?? sizes[InstanceType]?.vcpus ?? 0)
  }
  return inUse
}

/** AWS counts what runs, or is about to. */
async function listRunning(clients: Clients): Promise<Instance[]> {
  const [client, { paginateDescribeInstances }] = await Promise.all([clients.ec2(), import('@aws-sdk/client-ec2')])
  const running = [{ Name: 'instance-state-name', Values: ['pending', 'running'] }]
  const instances: Instance[] = []
  for await (const { Reservations = [] } of paginateDescribeInstances({ client }, { Filters: running }))
    instances.push(...Reservations.flatMap((found) => found.Instances ?? []))
  return instances
}

function ownVcpus({ CpuOptions }: Instance): number | undefined {
  return CpuOptions?.CoreCount === undefined ? undefined : CpuOptions.CoreCount * (CpuOptions.ThreadsPerCore ?? 1)
}
