import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HostAddress } from '../packages/runner/src/host/connection.ts'
import type { HostSession } from '../packages/runner/src/host/host-session.ts'
import { openHostSession } from '../packages/runner/src/host/open-host-session.ts'
import { connectSsh } from '../packages/runner/src/ssh/connect-ssh.ts'
import { createWorkspaceSync } from '../packages/runner/src/sync/workspace-sync.ts'
import { startSshd } from '../packages/runner/test/sshd.ts'
import { inTurn, time, type Bench, type Row } from './measure.ts'
import { createMonorepo, type Monorepo } from './monorepo.ts'

const FILES = Number(process.env['BENCH_FILES'] ?? 20_000)
const PACKAGE_MIB = Number(process.env['BENCH_PACKAGES_MIB'] ?? 1000)

const COLD_RUNS = 3

const bench: Bench = {
  title: 'Bringing a workspace to a host over SSH',
  peer: 'rsync -az',
  note: `A repository of ${FILES.toLocaleString('en')} files and ${PACKAGE_MIB} MiB of packages, over one sshd on this machine; both ends compare all that there is. rsync does not verify what arrived, and connects each time; ours has the session that a run has open.`,
  run,
}
export default bench

async function* run(): AsyncIterable<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-sync-'))
  try {
    await using sshd = await startSshd()
    const repository = createMonorepo(join(folder, 'repository'), FILES, PACKAGE_MIB << 20)
    const rsh = join(folder, 'ssh')
    const options = `-p ${sshd.port} -i ${sshd.folder}/user -o UserKnownHostsFile=${folder}/known -o LogLevel=ERROR`
    writeFileSync(join(folder, 'known'), `[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n`)
    writeFileSync(rsh, `#!/bin/sh\nexec ssh ${options} "$@"\n`, { mode: 0o755 })

    let rounds = 0
    const cold = await inTurn(
      async () => {
        rounds += 1
        await using host = await connectHost(sshd.address, join(folder, `host${rounds}`))
        return await time(() => ours(host.session, repository, join(folder, `cache${rounds}`)))
      },
      async () => rsync(rsh, repository.root, join(folder, `copy${rounds}`)),
      { runs: COLD_RUNS, warmUp: 0 },
    )
    yield { name: 'cold', ...cold, goal: 1 }

    await using host = await connectHost(sshd.address, join(folder, 'host1'))
    const after = (change: () => void) =>
      inTurn(
        async () => {
          change()
          return await time(() => ours(host.session, repository, join(folder, 'cache1')))
        },
        async () => rsync(rsh, repository.root, join(folder, 'copy1')),
      )
    // Files that were written a moment ago are read again, to be sure.
    await new Promise((resolve) => setTimeout(resolve, 2500))
    yield { name: 'unchanged', ...(await after(() => {})), goal: 0.3 }
    yield { name: 'one file changed', ...(await after(() => repository.changeFile())), goal: 0.3 }
    yield { name: 'one package changed', ...(await after(() => repository.changePackage())), goal: 0.3 }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}

async function connectHost(address: HostAddress, stateDir: string) {
  const signal = new AbortController().signal
  const connection = await connectSsh(address, { signal })
  const session = await openHostSession(connection, { run: 'bench', signal, onPhase: () => {}, stateDir })
  return { session, [Symbol.asyncDispose]: () => session.close({ end: true }) }
}

/** A new run of Vitest each time: what it knows is what is on the disk. */
async function ours(session: HostSession, { root, packages }: Monorepo, cacheDir: string): Promise<void> {
  await createWorkspaceSync({ cacheDir, maxBytes: 1e10 }).sync(
    {
      missing: (packs) => session.call('missing', packs),
      upload: (pack, content) => session.upload(pack, content),
      pull: (packs) => session.call('pull', packs),
      tree: (manifest) => session.call('tree', manifest),
    },
    { root, packages, outputs: [], signal: new AbortController().signal, onProgress: () => {} },
  )
}

function rsync(rsh: string, from: string, to: string): void {
  execFileSync('rsync', ['-az', '--delete', '-e', rsh, `${from}/`, `root@127.0.0.1:${to}/`])
}
