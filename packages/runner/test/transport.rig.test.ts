import { execFileSync } from 'node:child_process'
import { createServer } from 'node:net'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { HostAddress } from '../src/host/connection.ts'
import { connectSsh } from '../src/ssh/connect-ssh.ts'
import { findAgent, FUNCTION_FILES, listCommands, openLocalHost, until } from './local-host.ts'
import { startSshd } from './sshd.ts'

const ROOT = '/Users/somebody/proj'
const signal = new AbortController().signal

describe('what keeps us from a host', () => {
  const expectRefusal = async (address: HostAddress, expected: object) => {
    await expect(connectSsh(address, { signal })).rejects.toMatchObject(expected)
  }

  it('is said for each cause in its own sentence', async () => {
    await using sshd = await startSshd()
    const { address, port } = sshd
    const other = await startSshd()
    await other.kill()
    const reason = (name: string) => ({ code: 'EC2_UNREACHABLE', data: { reason: name } })
    await expectRefusal(
      { ...address, port: other.port },
      { ...reason('refused'), message: expect.stringContaining('no SSH server listens there') },
    )
    await expectRefusal(
      { ...address, host: 'nowhere.invalid' },
      { ...reason('name'), message: 'There is no host called nowhere.invalid' },
    )
    await expectRefusal(
      { ...address, user: 'no-such-user' },
      { ...reason('authentication'), message: expect.stringContaining('does not accept `no-such-user`') },
    )
    await expectRefusal(
      { ...address, privateKey: 'no key' },
      { ...reason('authentication'), message: expect.stringContaining('unreadable') },
    )
    await expectRefusal(
      { ...address, hostKeys: [other.hostKey] },
      { code: 'EC2_HOST_KEY', message: expect.stringContaining('another key'), data: { host: '127.0.0.1', port } },
    )
    await other[Symbol.asyncDispose]()
  })

  it('is no SSH server', async () => {
    await using sshd = await startSshd()
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    await expect(connectSsh({ ...sshd.address, port }, { signal })).rejects.toMatchObject({ code: 'EC2_UNREACHABLE' })
    server.close()
  })

  it('is called off at once', async () => {
    const abort = new AbortController()
    const server = createServer(() => {}) // says nothing
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const port = (server.address() as { port: number }).port
    const key = await startSshd()
    const connecting = connectSsh({ ...key.address, port }, { signal: abort.signal })
    setTimeout(() => abort.abort(), 100)
    await expect(connecting).rejects.toMatchObject({ name: 'AbortError' })
    server.close()
    await key[Symbol.asyncDispose]()
  })
})

describe('a session over SSH', () => {
  it.each([
    ['by forwarding', []],
    ['by a command where forwarding is forbidden', ['DisableForwarding=yes']],
    ['by a command where TCP forwarding is forbidden', ['AllowTcpForwarding=no']],
  ])('serves more workers than a connection has sessions, %s', async (_how, options) => {
    await using sshd = await startSshd(options)
    await using host = await openLocalHost({ connection: await connectSsh(sshd.address, { signal }) })
    const view = await host.openView(ROOT, FUNCTION_FILES)
    const workers = await Promise.all(Array.from({ length: 12 }, () => host.spawn(view, ROOT, 'functions.mjs')))
    const answers = await Promise.all(workers.map((worker, i) => worker.run('echo', i)))
    expect(answers).toEqual(workers.map((_, i) => i))
  })

  it('brings Node and agent to a machine that has neither', async () => {
    await using sshd = await startSshd()
    const phases: (string | undefined)[] = []
    const connection = await connectSsh(sshd.address, { signal })
    // As another machine would look: none of ours.
    const foreign = Object.assign(Object.create(connection), {
      exec: async (command: string, more?: object) => {
        const result = await connection.exec(command, more)
        return { ...result, stdout: result.stdout.replace(/^same=.*$/m, 'same=') }
      },
    })
    const onPhase = (phase: { phase: string; detail?: string }) => phases.push(phase.detail)
    await using host = await openLocalHost({ connection: foreign, onPhase })
    expect(phases).toEqual([`Node ${process.version}`, 'agent'])
    expect(host.session.info.node).toBe(process.version)
  })

  it('outlives sshd, and nothing is lost or doubled', async () => {
    await using sshd = await startSshd()
    const reconnect = () => connectSsh(sshd.address, { signal })
    await using host = await openLocalHost({ connection: await reconnect(), reconnect })
    const view = await host.openView(ROOT, FUNCTION_FILES)
    const worker = await host.spawn(view, ROOT, 'functions.mjs')
    let bytes = 0
    worker.stdout.on('data', (chunk: Buffer) => (bytes += chunk.length))
    const saying = worker.run('say', 30 << 20)
    const answers: unknown[] = []
    for (let i = 0; i < 200; i += 1) {
      void worker.run('echo', i).then((value) => answers.push(value))
      if (i === 50 || i === 120) {
        await sshd.kill()
        await new Promise((resolve) => setTimeout(resolve, 300))
        await sshd.start()
      }
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await saying
    await until(() => answers.length === 200 && bytes === 30 << 20, 'all answers')
    expect(answers).toEqual(Array.from({ length: 200 }, (_, i) => i))
  })

  it('notices silence, and goes on over a new connection', async () => {
    await using sshd = await startSshd()
    let dials = 0
    const reconnect = async () => {
      dials += 1
      return await connectSsh(sshd.address, { signal })
    }
    await using host = await openLocalHost({ connection: await connectSsh(sshd.address, { signal }), reconnect })
    const view = await host.openView(host.home, FUNCTION_FILES)
    await host.session.mirror(view, join(host.home, 'out'))
    await host.session.call('writeFile', view, 'out/journal', Buffer.from('1'))
    const worker = await host.spawn(view, host.home, 'functions.mjs')
    expect(await worker.run('echo', 1)).toBe(1)
    sshd.freeze()
    const answer = worker.run('echo', 2)
    expect(await answer).toBe(2)
    await worker.run('append', 'out/journal', '2')
    await host.session.drainMirror(view)
    expect(readFileSync(join(host.home, 'out/journal'), 'utf8')).toBe('12')
    expect(dials).toBe(1)
  })

  it('is lost for good when its agent is killed', async () => {
    await using sshd = await startSshd()
    const reconnect = () => connectSsh(sshd.address, { signal })
    const host = await openLocalHost({ connection: await reconnect(), reconnect })
    process.kill(await findAgent(host.state), 'SIGKILL')
    expect(await host.session.closed).toMatchObject({ by: 'them', error: { code: 'EC2_HOST_LOST' } })
    await host[Symbol.asyncDispose]()
  })

  it('says that the disk of the host is full', async () => {
    const mount = mkdtempSync('/var/tmp/full-')
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'full', mount])
    try {
      await using sshd = await startSshd()
      const connection = await connectSsh(sshd.address, { signal })
      await expect(openLocalHost({ connection, stateDir: mount })).rejects.toMatchObject({
        code: 'EC2_HOST',
        message: expect.stringContaining('its disk is full'),
      })
      await connection.close()
    } finally {
      execFileSync('umount', [mount])
      rmSync(mount, { recursive: true })
    }
  })
})

describe('the user configuration of SSH', () => {
  it('leads through jump hosts, with known_hosts and keys of its own', async () => {
    await using inner = await startSshd()
    await using outer = await startSshd()
    const home = mkdtempSync('/var/tmp/home-')
    mkdirSync(join(home, '.ssh'))
    const hosts = [inner, outer].map(({ port, hostKey }) => `[127.0.0.1]:${port} ${hostKey}\n`).join('')
    writeFileSync(join(home, '.ssh/known_hosts'), hosts)
    writeFileSync(
      join(home, '.ssh/config'),
      [
        ['inner', inner, 'ProxyJump outer'],
        ['outer', outer, ''],
      ]
        .map(([name, sshd, more]) => {
          const { port, folder } = sshd as typeof inner
          return `Host ${name as string}\n  HostName 127.0.0.1\n  Port ${port}\n  User root\n  IdentityFile ${folder}/user\n  ${more as string}\n`
        })
        .join(''),
    )
    const before = process.env.HOME
    process.env.HOME = home
    try {
      const connection = await connectSsh({ alias: 'inner', host: 'inner', user: '', port: 22 }, { signal })
      const { stdout } = await connection.exec('echo $SSH_CONNECTION')
      expect(stdout).toContain(String(inner.port))
      expect((await listCommands()).filter((line) => line.startsWith('sshd: root')).length).toBeGreaterThanOrEqual(2)
      await connection.close()
      writeFileSync(join(home, '.ssh/known_hosts'), '')
      await expect(connectSsh({ alias: 'inner', host: 'inner', user: '', port: 22 }, { signal })).rejects.toMatchObject(
        {
          code: 'EC2_HOST_KEY',
          message: expect.stringContaining('is not known yet'),
          fix: expect.stringContaining(`ssh -p ${outer.port} root@127.0.0.1`),
        },
      )
    } finally {
      process.env.HOME = before
    }
    expect(readFileSync(join(home, '.ssh/known_hosts'), 'utf8')).toBe('')
    rmSync(home, { recursive: true })
  })
})
