import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openHostSession } from '../packages/runner/src/host/open-host-session.ts'
import { connectSsh } from '../packages/runner/src/ssh/connect-ssh.ts'
import { createWorkspaceSync } from '../packages/runner/src/sync/workspace-sync.ts'
import { startSshd } from '../packages/runner/test/sshd.ts'
import { time, type Bench, type Row } from './measure.ts'
import { createMonorepo } from './monorepo.ts'

const FILES = Number(process.env['BENCH_FILES'] ?? 20_000)
const PACKAGE_MIB = Number(process.env['BENCH_PACKAGES_MIB'] ?? 1000)

const bench: Bench = {
  title: 'Bringing a workspace to a host over SSH',
  peer: 'rsync -az',
  note: `A repository of ${FILES.toLocaleString('en')} files and ${PACKAGE_MIB} MiB of packages, over one sshd on this machine; both ends compare all that there is. rsync does not verify what arrived, and connects each time; ours has the session that a run has open.`,
  run,
}
export default bench

async function* run(): AsyncIterable<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-sync-'))
  const signal = new AbortController().signal
  try {
    await using sshd = await startSshd()
    const repository = createMonorepo(join(folder, 'repository'), FILES, PACKAGE_MIB << 20)
    const copy = join(folder, 'copy')
    mkdirSync(copy)
    const session = await openHostSession(await connectSsh(sshd.address, { signal }), {
      run: 'bench',
      signal,
      onPhase: () => {},
      stateDir: join(folder, 'host'),
    })
    const rsh = join(folder, 'ssh')
    const options = `-p ${sshd.port} -i ${sshd.folder}/user -o UserKnownHostsFile=${folder}/known -o LogLevel=ERROR`
    writeFileSync(join(folder, 'known'), `[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n`)
    writeFileSync(rsh, `#!/bin/sh\nexec ssh ${options} "$@"\n`, { mode: 0o755 })

    const ours = () =>
      time(async () => {
        // A new run of Vitest each time: what it knows is what is on the disk.
        const sync = createWorkspaceSync({ cacheDir: join(folder, 'cache'), maxBytes: 1e10 })
        await sync.sync(
          {
            missing: (packs) => session.call('missing', packs),
            upload: (pack, content) => session.upload(pack, content),
            pull: (packs) => session.call('pull', packs),
            tree: (manifest) => session.call('tree', manifest),
          },
          { root: repository.root, packages: repository.packages, outputs: [], signal, onProgress: () => {} },
        )
      })
    const rsync = () =>
      time(async () => {
        execFileSync('rsync', ['-az', '--delete', '-e', rsh, `${repository.root}/`, `root@127.0.0.1:${copy}/`])
      })
    yield { name: 'cold', ours: await ours(), peer: await rsync(), goal: 1 }
    // Files that were written a moment ago are read again, to be sure.
    await new Promise((resolve) => setTimeout(resolve, 2500))
    await ours()
    yield { name: 'unchanged', ours: await ours(), peer: await rsync(), goal: 0.3 }
    repository.changeFile()
    yield { name: 'one file changed', ours: await ours(), peer: await rsync(), goal: 0.3 }
    repository.changePackage()
    yield { name: 'one package changed', ours: await ours(), peer: await rsync(), goal: 0.3 }
    await session.close({ end: true })
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}
