import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnectedHost } from '../src/remote/connected-host.ts'
import type { Host } from '../src/remote/host.ts'
import { connectSsh } from '../src/ssh/connect-ssh.ts'
import { createWorkspaceSync } from '../src/sync/workspace-sync.ts'
import { startSshd, type Sshd } from './sshd.ts'

/** A host over a real SSH server of this machine, with a state folder and a workspace of its own. */
export interface SshHost extends AsyncDisposable {
  readonly host: Host
  readonly sshd: Sshd
  readonly root: string
  readonly stateDir: string
  /** what its user was told */
  readonly notices: readonly string[]
}

export async function openSshHost(): Promise<SshHost> {
  const sshd = await startSshd()
  const root = mkdtempSync(join(tmpdir(), 'remote-workspace-'))
  const stateDir = mkdtempSync(join(tmpdir(), 'remote-state-'))
  writeFileSync(join(root, 'package.json'), '{"type":"module"}')
  const notices: string[] = []
  const signal = new AbortController().signal
  const workspace = createWorkspaceSync({ cacheDir: join(stateDir, 'cache') })
  const host = createConnectedHost({
    machine: {
      id: 'ssh',
      description: 'this machine over SSH',
      market: 'owned',
      usdPerHour: undefined,
      startedAt: Date.now(),
      connect: () => connectSsh(sshd.address, { signal }),
      terminate: async () => {},
      keepWarm: async () => {},
    },
    root,
    sync: (target, request) => workspace.sync(target, request),
    env: {},
    signal,
    onPhase: () => {},
    notice: (sentence) => void notices.push(sentence),
    stateDir,
    leave: async () => {},
  })
  return {
    host,
    sshd,
    root,
    stateDir,
    notices,
    async [Symbol.asyncDispose]() {
      await host.close()
      await sshd[Symbol.asyncDispose]()
      rmSync(root, { recursive: true, force: true })
      await rm(stateDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    },
  }
}
