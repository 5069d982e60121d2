import type { ComputeHost } from '../fleet/compute-provider.ts'
import { passedVariables } from '../passed-variables.ts'
import type { BlobStore } from '../sync/sync-target.ts'
import { createWorkspaceSync } from '../sync/workspace-sync.ts'
import { createConnectedHost } from './connected-host.ts'
import type { Host } from './host.ts'
import type { ResolvedRemoteOptions } from './remote-options.ts'

export interface MachineOptions {
  remote: ResolvedRemoteOptions
  /** packs go over it where there is one */
  blobs?: () => Promise<BlobStore | undefined>
  leave: () => Promise<void>
}

/**
 * A machine as users have it, which answers: functions there see the workspace and the variables that options name.
 * @throws Ec2Error `EC2_UNREACHABLE`, `EC2_HOST_KEY`
 */
export async function openMachine(machine: ComputeHost, { remote, blobs, leave }: MachineOptions): Promise<Host> {
  const { settings, root, signal, onPhase, notice } = remote
  const { include, exclude, maxBytes } = settings.sync
  const workspace = createWorkspaceSync({ include, exclude, maxBytes, onNotice: notice, ...(blobs && { blobs }) })
  const host = createConnectedHost({
    machine,
    root,
    sync: (target, request) => workspace.sync(target, request),
    env: passedVariables(process.env, settings.env),
    signal,
    onPhase,
    notice,
    leave,
  })
  await host.exec('true') // a wrong address is told here
  return host
}
