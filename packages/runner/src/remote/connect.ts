import { createStaticProvider } from '../static/static-provider.ts'
import { connectSsh } from '../ssh/connect-ssh.ts'
import { createWorkspaceSync } from '../sync/workspace-sync.ts'
import { createConnectedHost } from './connected-host.ts'
import type { Host } from './host.ts'
import { resolveRemoteOptions, type RemoteOptions } from './remote-options.ts'
import { functionEnvironment } from './worker-environment.ts'

/**
 * Connects to a machine that somebody owns: `user@host[:port]`, or an alias of `~/.ssh/config`. It is never ended.
 * @throws Ec2Error `EC2_UNREACHABLE`, `EC2_HOST_KEY`
 */
export async function connect(destination: string, options: RemoteOptions = {}): Promise<Host> {
  const { settings, root, signal, onPhase, notice } = resolveRemoteOptions(options)
  const { include, exclude, maxBytes } = settings.sync
  const provider = createStaticProvider({ destinations: [destination], connect: connectSsh })
  const demand = { kind: 'owned', spec: {}, maxHosts: 1 }
  const machine = await provider.launch(demand, { run: '', attempt: 1, signal, onPhase })
  const workspace = createWorkspaceSync({ include, exclude, maxBytes, onNotice: notice })
  const leave = () => machine.terminate('it is left')
  const host = createConnectedHost({
    machine,
    root,
    sync: (target, request) => workspace.sync(target, request),
    env: functionEnvironment(settings.env),
    signal,
    onPhase,
    notice,
    leave,
  })
  await host.exec('true') // a wrong address is told here
  return host
}
