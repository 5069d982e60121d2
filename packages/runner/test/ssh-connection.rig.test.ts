import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { connectSsh } from '../src/ssh/connect-ssh.ts'
import { startSshd } from './sshd.ts'

const signal = new AbortController().signal

describe('a connection over SSH', () => {
  it('runs commands, with input, output and status', async () => {
    await using sshd = await startSshd()
    const connection = await connectSsh(sshd.address, { signal })
    const input = Buffer.alloc(3 << 20, 'x')
    const { stdout, stderr } = await connection.exec('wc -c; echo oops >&2', { input })
    expect([stdout.trim(), stderr.trim()]).toEqual([String(3 << 20), 'oops'])
    await expect(connection.exec('echo no >&2; exit 7')).rejects.toMatchObject({
      code: 'EC2_FUNCTION',
      message: '`echo no >&2; exit 7` on root@127.0.0.1 exited with status 7: no',
      data: { code: 7, stderr: 'no\n' },
    })
    await expect(connection.exec('kill -KILL $$')).rejects.toMatchObject({ data: { signal: 'SIGKILL' } })
    await connection.close()
    await expect(connection.closed).resolves.toEqual({ by: 'us' })
    await expect(connection.exec('true')).rejects.toMatchObject({ code: 'EC2_UNREACHABLE' })
  })

  it('says why a command got no more of its input, and minds none that is not taken', async () => {
    await using sshd = await startSshd()
    const connection = await connectSsh(sshd.address, { signal })
    const broken = new Readable({ read() {} })
    const running = connection.exec('cat', {
      input: broken,
      onStdout: () => broken.destroy(new Error('the disk is gone')),
    })
    broken.push('first')
    await expect(running).rejects.toThrow('the disk is gone')
    await connection.exec('head -c 1', { input: Readable.from([Buffer.alloc(10 << 20), Buffer.alloc(10 << 20)]) })
    await connection.close()
  })

  it('lets go of a command whose output is not wanted any more', async () => {
    await using sshd = await startSshd()
    const connection = await connectSsh(sshd.address, { signal })
    const { stdout, exited } = await connection.spawn('exec cat /dev/zero')
    const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error('no space here')) })
    await expect(pipeline(stdout, full)).rejects.toThrow('no space here')
    expect((await exited).code).not.toBe(0)
    await connection.close()
  })

  it('has the whole output of a command that ended long ago', async () => {
    await using sshd = await startSshd()
    const connection = await connectSsh(sshd.address, { signal })
    const { stdin, stdout } = await connection.spawn('head -c 3000000 /dev/zero')
    stdin.end()
    await sleep(500)
    expect((await buffer(stdout)).length).toBe(3_000_000)
    await connection.close()
  })

  it('runs more commands at a time than sshd allows on one connection', async () => {
    await using sshd = await startSshd()
    const connection = await connectSsh(sshd.address, { signal })
    const results = await Promise.all(Array.from({ length: 25 }, (_, i) => connection.exec(`sleep 0.2; echo ${i}`)))
    expect(results.map(({ stdout }) => Number(stdout))).toEqual(Array.from({ length: 25 }, (_, i) => i))
    await connection.close()
  })

  it('calls a command off', async () => {
    await using sshd = await startSshd()
    const connection = await connectSsh(sshd.address, { signal })
    const abort = new AbortController()
    const running = connection.exec('echo up; exec sleep 5', { signal: abort.signal, onStdout: () => abort.abort() })
    await expect(running).rejects.toMatchObject({ name: 'AbortError' })
    await connection.close()
  })

  it('gives a terminal of the size asked for', async () => {
    await using sshd = await startSshd()
    const connection = await connectSsh(sshd.address, { signal })
    const shell = await connection.spawn('stty size; read; stty size', {
      pty: { rows: 24, columns: 80, term: 'xterm' },
    })
    const output = text(shell.stdout)
    await once(shell.stdout, 'data') // the first size is out
    shell.resize({ rows: 50, columns: 132 })
    shell.stdin.write('\n')
    expect(await output).toMatch(/24 80[\s\S]*50 132/)
    expect(await shell.exited).toEqual({ code: 0, signal: null })
    await connection.close()
  })

  it('opens ports as seen from there', async () => {
    await using sshd = await startSshd()
    const connection = await connectSsh(sshd.address, { signal })
    const server = createServer((socket) => socket.end('hello'))
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    expect(await text(await connection.openPort('127.0.0.1', port))).toBe('hello')
    await connection.close()
    server.close()
  })

  it('says that it was lost when sshd is killed', async () => {
    await using sshd = await startSshd()
    const connection = await connectSsh(sshd.address, { signal })
    const running = connection.exec('sleep 60')
    running.catch(() => {})
    await sshd.kill()
    expect(await connection.closed).toMatchObject({ by: 'them', error: { code: 'EC2_HOST_LOST' } })
    await expect(running).rejects.toMatchObject({ code: 'EC2_UNREACHABLE', data: { reason: 'lost' } })
  })

  it('moves bytes apart from this thread, and says there too why it cannot', async () => {
    await using sshd = await startSshd()
    const path = join(sshd.folder, 'socket')
    const server = createServer((socket) => void socket.pipe(socket)).listen(path)
    await once(server, 'listening')
    const connection = await connectSsh(sshd.address, { signal })
    const sent = Buffer.alloc(20 << 20, 'x')
    const streams = await Promise.all([1, 2, 3].map(() => connection.openSocket(path, { apart: true })))
    await Promise.all(
      streams.map(async (stream) => {
        stream.end(sent)
        expect(sent.equals(await buffer(stream))).toBe(true)
      }),
    )
    await expect(connection.openSocket(`${path}-none`, { apart: true })).rejects.toMatchObject({
      code: 'EC2_UNREACHABLE',
      message: `Nothing listens on ${path}-none of root@127.0.0.1`,
    })
    const cut = await connection.openSocket(path, { apart: true })
    cut.write('begun')
    await once(cut, 'data')
    await Promise.all([expect(text(cut)).rejects.toThrow(/gone|ended|lost/), sshd.kill()])
    await connection.closed
    server.close()
  })

  it('trusts apart from this thread nobody that it would not trust here', async () => {
    await using sshd = await startSshd()
    await using other = await startSshd()
    const link = await startTcpSwitch(sshd.port)
    const connection = await connectSsh({ ...sshd.address, port: link.port }, { signal })
    link.leadTo(other.port)
    await expect(connection.openSocket('/nowhere', { apart: true })).rejects.toMatchObject({ code: 'EC2_HOST_KEY' })
    link.leadTo(sshd.port)
    await expect(connection.openSocket('/nowhere', { apart: true })).rejects.toMatchObject({ code: 'EC2_UNREACHABLE' })
    await connection.close()
    link.close()
  })
})

/** A port that leads to another one, which may change. */
async function startTcpSwitch(first: number) {
  let target = first
  const server = createServer((socket) => {
    const there = connect(target, '127.0.0.1')
    socket.on('error', () => {}).pipe(there)
    there.on('error', () => {}).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    leadTo: (port: number) => void (target = port),
    close: () => void server.close(),
  }
}
