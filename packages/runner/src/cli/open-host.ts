import { createRunningProvider } from '../ec2/running-provider.ts'
import { listInstances } from '../ec2/sweep.ts'
import { readTags } from '../ec2/tags.ts'
import { Ec2Error } from '../errors.ts'
import type { Connection } from '../host/connection.ts'
import { connectSsh } from '../ssh/connect-ssh.ts'
import { parseDestination } from '../static/parse-destination.ts'
import type { Context } from './context.ts'

/** An instance, or a machine by address: what can be the name of a host in a command line. */
const HOST_NAME = /^i-[0-9a-f]+$|@/

/** Takes the host's name off the words of a command, if there is one: `[i-0abc] nvidia-smi`. */
export function splitHost(operands: readonly string[]): { name: string | undefined; rest: string[] } {
  const [first, ...rest] = operands
  return first !== undefined && HOST_NAME.test(first) ? { name: first, rest } : { name: undefined, rest: [...operands] }
}

/**
 * Connects to a host of this owner, or to any machine by address. Without a name: to the only one that runs.
 * @throws Ec2Error `EC2_HOST` when none or several run, and what connecting throws
 */
export async function openHost(context: Context, name: string | undefined, signal: AbortSignal): Promise<Connection> {
  if (name !== undefined && !name.startsWith('i-')) return await connectSsh(parseDestination(name), { signal })
  const instanceId = name ?? (await findOnly(context))
  const provider = createRunningProvider({ ...context.account, instanceId, connect: connectSsh })
  const demand = { kind: 'running', spec: {}, maxHosts: 1 }
  const host = await provider.launch(demand, { run: '', attempt: 1, signal, onPhase: () => {} })
  return await host.connect({ signal, onPhase: () => {} })
}

async function findOnly({ open }: Context): Promise<string> {
  const account = await open()
  const running = (await listInstances(account)).filter(({ Tags }) => readTags(Tags).owner === account.owner.name)
  const ids = running.flatMap(({ InstanceId }) => InstanceId ?? [])
  if (ids.length === 1) return ids[0]!
  const what = ids.length === 0 ? 'No host' : `${ids.length} hosts`
  throw new Ec2Error(
    'EC2_HOST',
    `${what} of ${account.owner.name} ${ids.length === 0 ? 'runs' : 'run'} in ${account.region}`,
    {
      fix: ids.length === 0 ? '`npx vitest-ec2 ls --all` lists those of others.' : `Name one: ${ids.join(', ')}.`,
    },
  )
}
