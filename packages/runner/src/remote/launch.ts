import { randomUUID } from 'node:crypto'
import { createAws } from '../assembly/aws.ts'
import { Ec2Error } from '../errors.ts'
import type { ComputeHost } from '../fleet/compute-provider.ts'
import type { InstanceSpec } from '../options.ts'
import { connectSsh } from '../ssh/connect-ssh.ts'
import { closeWithProcess } from './close-with-process.ts'
import type { Host } from './host.ts'
import { openMachine } from './open-machine.ts'
import { resolveRemoteOptions, type LaunchOptions } from './remote-options.ts'

/**
 * Launches an instance, by default the cheapest with one GPU, and waits until it can be reached. `close()` ends it, and
 * so do SIGINT and SIGTERM; if this process is killed, it ends by itself.
 * @throws Ec2Error as the pool does: `EC2_CAPACITY`, `EC2_QUOTA`, `EC2_DENIED`…
 */
export async function launch(spec: InstanceSpec = {}, options: LaunchOptions = {}): Promise<Host> {
  const remote = resolveRemoteOptions(options, { default: spec })
  const { settings, signal, onPhase, notice } = remote
  const chosen = settings.hosts['default']
  if (chosen?.kind !== 'instance') {
    throw new Ec2Error('EC2_OPTIONS', 'VITEST_EC2_HOST names a machine that is not launched', {
      fix: 'Unset it, or use `connect(…)`.',
    })
  }
  const aws = createAws({ options: settings, run: `remote-${randomUUID().slice(0, 8)}`, notice, connect: connectSsh })
  const provider = aws.instances
  const demand = { kind: 'default', spec: chosen.spec, maxHosts: 1 }
  const undo = closeWithProcess(() => provider.close())
  try {
    await provider.plan(demand)
    const [warm] = await provider.findWarm(demand)
    const machine = warm ?? (await provider.launch(demand, { run: '', attempt: 1, signal, onPhase }))
    const leave = async () => {
      await endOrKeep(machine, settings.keepAliveMs)
      await provider.close()
      undo()
    }
    const host = await openMachine(machine, { remote, blobs: aws.blobs, leave })
    onPhase({ phase: 'ready' })
    return host
  } catch (error) {
    await provider.close()
    undo()
    throw error
  }
}

async function endOrKeep(machine: ComputeHost, keepAliveMs: number): Promise<void> {
  if (keepAliveMs === 0) return await machine.terminate('it was closed')
  await machine.keepWarm(new Date(Date.now() + keepAliveMs)).catch(() => machine.terminate('it could not be kept warm'))
}
