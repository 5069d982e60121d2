import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectSsh } from '../packages/runner/src/ssh/connect-ssh.ts'
import { openLocalHost } from '../packages/runner/test/local-host.ts'
import { startSshd, type Sshd } from '../packages/runner/test/sshd.ts'
import { inTurn, type Bench, type Row } from './measure.ts'

const MIB = 256
/** MiB of one message */
const MESSAGE = 4

const bench: Bench = {
  title: `${MIB} MiB from a worker on a host to the client`,
  peer: 'ssh cat',
  note: 'Over one sshd on this machine, read to the end here. The peer carries bytes; ours messages that survive a lost connection, or what a worker prints.',
  run,
}
export default bench

const FUNCTIONS = `import { once } from 'node:events'
const bytes = new Uint8Array(${MESSAGE} << 20)
export const message = () => bytes
export const print = async () => {
  for (let i = 0; i < ${MIB / MESSAGE}; i += 1) if (!process.stdout.write(bytes)) await once(process.stdout, 'drain')
}
`

async function* run(): AsyncIterable<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-pipe-'))
  try {
    await using sshd = await startSshd()
    const signal = new AbortController().signal
    await using host = await openLocalHost({ connection: await connectSsh(sshd.address, { signal }), stateDir: folder })
    const root = join(folder, 'workspace')
    const worker = await host.spawn(await host.openView(root, { 'f.mjs': FUNCTIONS }), root, 'f.mjs')
    let printed = 0
    worker.stdout.on('data', (chunk: Buffer) => (printed += chunk.length))
    const messages = async () => {
      const next = async () => {
        for (let i = 0; i < MIB / MESSAGE / 4; i += 1) await worker.run('message')
      }
      await Promise.all([next(), next(), next(), next()])
    }
    const print = async () => {
      const until = printed + (MIB << 20)
      await worker.run('print')
      while (printed < until) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    const cat = () => readBySsh(sshd, folder)
    yield { name: `messages of ${MESSAGE} MiB`, ...(await inTurn(messages, cat, { runs: 3 })), goal: 1.25 }
    yield { name: 'printed', ...(await inTurn(print, cat, { runs: 3 })), goal: 1.25 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function readBySsh({ port, folder: keys, hostKey }: Sshd, folder: string): Promise<void> {
  writeFileSync(join(folder, 'known'), `[127.0.0.1]:${port} ${hostKey}\n`)
  const options = ['-p', `${port}`, '-i', join(keys, 'user'), '-o', `UserKnownHostsFile=${join(folder, 'known')}`]
  const ssh = spawn('ssh', [...options, 'root@127.0.0.1', `head -c ${MIB}M /dev/zero | cat`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let bytes = 0
  for await (const chunk of ssh.stdout) bytes += (chunk as Buffer).length
  if (bytes !== MIB << 20) throw new Error(`ssh brought ${bytes} bytes`)
}
