import { createStaticProvider } from '../static/static-provider.ts'
import { connectSsh } from '../ssh/connect-ssh.ts'
import type { Host } from './host.ts'
import { openMachine } from './open-machine.ts'
import { resolveRemoteOptions, type RemoteOptions } from './remote-options.ts'

/**
 * Connects to a machine that somebody owns: `user@host[:port]`, or an alias of `~/.ssh/config`. It is never ended.
 * @throws Ec2Error `EC2_UNREACHABLE`, `EC2_HOST_KEY`
 */
export async function connect(destination: string, options: RemoteOptions = {}): Promise<Host> {
  const remote = resolveRemoteOptions(options)
  const { signal, onPhase } = remote
  const provider = createStaticProvider({ destinations: [destination], connect: connectSsh })
  const demand = { kind: 'owned', spec: {}, maxHosts: 1 }
  const machine = await provider.launch(demand, { run: '', attempt: 1, signal, onPhase })
  return await openMachine(machine, { remote, leave: () => machine.terminate('it is left') })
}
