import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HostAddress } from '../src/host/connection.ts'

/** OpenSSH's server on a port of this machine, for the user that runs it, with keys of its own. Needs root. */
export interface Sshd extends AsyncDisposable {
  readonly folder: string
  readonly port: number
  readonly address: HostAddress
  readonly hostKey: string
  /** ends the server and all of its connections, at once */
  kill(): Promise<void>
  /** keeps all connections open and silent, as a network does that drops everything */
  freeze(): void
  /** serves again on the same port with the same key */
  start(): Promise<void>
}

const WITH_DISK = 'mkdir -p /var/lib/vitest-ec2 && mount --bind "$0" /var/lib/vitest-ec2 && exec "$@"'

/** `disk`: a folder that its connections find at `/var/lib/vitest-ec2`, where the agent keeps everything */
export async function startSshd(options: string[] = [], user = 'root', disk?: string): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'sshd-'))
  chmodSync(folder, 0o755)
  for (const name of ['host', 'user']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)])
  }
  copyFileSync(join(folder, 'user.pub'), join(folder, 'authorized'))
  mkdirSync('/run/sshd', { recursive: true })
  mkdirSync(join(folder, 'home'))
  const port = await findPort()
  const hostKey = readFileSync(join(folder, 'host.pub'), 'utf8').split(' ').slice(0, 2).join(' ')
  const settings = [
    'ListenAddress=127.0.0.1',
    `Port=${port}`,
    `HostKey=${join(folder, 'host')}`,
    `AuthorizedKeysFile=${join(folder, 'authorized')}`,
    'PidFile=none',
    'UsePAM=no',
    'StrictModes=no',
    'PermitRootLogin=yes',
    'PasswordAuthentication=no',
    // What this machine's user has in a shell's start files is no part of a test.
    `SetEnv=HOME=${join(folder, 'home')}`,
    ...options,
  ]
  let server: ChildProcess | undefined
  let ended: Promise<unknown> | undefined
  const sshd: Sshd = {
    folder,
    port,
    hostKey,
    address: {
      host: '127.0.0.1',
      port,
      user,
      privateKey: readFileSync(join(folder, 'user'), 'utf8'),
      hostKeys: [hostKey],
    },
    async start() {
      await ended // until then its port is taken, and seems to be served
      const args = settings.flatMap((setting) => ['-o', setting])
      const command = ['/usr/sbin/sshd', '-D', '-f', '/dev/null', ...args]
      if (disk !== undefined) command.unshift('unshare', '--mount', 'sh', '-c', WITH_DISK, disk)
      server = spawn(command[0]!, command.slice(1), { stdio: 'ignore' })
      while (!(await isOpen(port))) await new Promise((resolve) => setTimeout(resolve, 20))
    },
    async kill() {
      if (server?.pid !== undefined) {
        const { pid } = server
        ended = once(server, 'exit')
        server = undefined
        for (const child of [...childrenOf(pid), pid]) killIfThere(child, 'SIGKILL')
      }
      await ended
    },
    freeze() {
      for (const child of childrenOf(server?.pid ?? 0)) process.kill(child, 'SIGSTOP')
    },
    async [Symbol.asyncDispose]() {
      await sshd.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await sshd.start()
  return sshd
}

/** The processes of the connections; what they run goes with them, but for what was detached. */
function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.split(' ').filter(Boolean).map(Number)
}

async function findPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function isOpen(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** One that has ended meanwhile needs no signal. */
function killIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
