import { spawn, type ChildProcess } from 'node:child_process'
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { Ec2Error } from '../errors.ts'
import { commandFailed } from '../host/command-failed.ts'
import type { CloseReason, Connection, ExecOptions, RemoteProcess } from '../host/connection.ts'
import { feed } from '../host/feed.ts'

/** This machine, as if it were another one: shell commands as child processes, sockets directly. */
export function connectLocal(): Connection {
  const children = new Set<ChildProcess>()
  const sockets = new Set<Socket>()
  const { promise: closed, resolve: close } = Promise.withResolvers<CloseReason>()
  let isClosed = false

  return {
    name: 'this machine',
    closed,
    async exec(command, { input, signal, onStdout, onStderr }: ExecOptions = {}) {
      const child = start(command, signal)
      const stdout: Buffer[] = []
      const stderr: Buffer[] = []
      child.stdout?.on('data', (chunk: Buffer) => onStdout?.(chunk) ?? stdout.push(chunk))
      child.stderr?.on('data', (chunk: Buffer) => onStderr?.(chunk) ?? stderr.push(chunk))
      const exited = ended(child)
      let broken: Error | undefined
      if (child.stdin) {
        feed(input, child.stdin, (cause) => {
          broken = cause
          killGroup(child)
        })
      }
      const { code, signal: by } = await exited
      signal?.throwIfAborted()
      if (broken) throw broken
      const result = { stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }
      if (code !== 0) throw commandFailed(command, 'this machine', { ...result, code, signal: by })
      return result
    },
    async spawn(command, { signal } = {}): Promise<RemoteProcess> {
      const child = start(command, signal)
      return {
        stdin: child.stdin as never,
        stdout: child.stdout as never,
        stderr: child.stderr as never,
        exited: ended(child),
        resize() {},
        kill: (by) => void child.kill(by),
      }
    },
    openSocket: (path) => open({ path }, path),
    openPort: (host, port) => open({ host, port }, `${host}:${port}`),
    async close() {
      isClosed = true
      for (const child of children) killGroup(child)
      for (const socket of sockets) socket.destroy()
      close({ by: 'us' })
    },
  }

  function start(command: string, signal: AbortSignal | undefined): ChildProcess {
    if (isClosed) throw connectionClosed()
    signal?.throwIfAborted()
    const child = spawn('/bin/sh', ['-c', command], { stdio: 'pipe', detached: true })
    children.add(child)
    const onAbort = () => killGroup(child)
    signal?.addEventListener('abort', onAbort)
    child.once('close', () => {
      children.delete(child)
      signal?.removeEventListener('abort', onAbort)
    })
    return child
  }

  async function open(options: NetConnectOpts, name: string): Promise<Socket> {
    if (isClosed) throw connectionClosed()
    const socket = connect(options)
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve).once('error', reject)
      })
    } catch (cause) {
      throw new Ec2Error('EC2_UNREACHABLE', `Nothing listens on ${name} of this machine`, { cause })
    }
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
    return socket
  }
}

function connectionClosed(): Ec2Error {
  return new Ec2Error('EC2_UNREACHABLE', 'The connection to this machine is closed', { data: { reason: 'lost' } })
}

/** The shell and what it runs. */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGTERM')
  } catch {
    // gone by itself
  }
}

async function ended(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return await new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
}
