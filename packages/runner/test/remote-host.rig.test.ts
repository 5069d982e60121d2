import { createServer, type Server } from 'node:http'
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { findAgent } from './local-host.ts'
import { openSshHost, type SshHost } from './ssh-host.ts'
import { describeFolder, makeFolder } from './support/folder-tree.ts'
import type { Host } from '../src/remote/host.ts'
import { local } from '../src/remote/local.ts'

const folder = mkdtempSync(join(tmpdir(), 'remote-'))
const inside = (...path: string[]): string => join(folder, ...path)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(['this machine', 'a machine over SSH'])('%s', (kind) => {
  let ssh: SshHost | undefined
  let host: Host
  beforeAll(async () => {
    ssh = kind === 'this machine' ? undefined : await openSshHost()
    host = ssh?.host ?? local()
  })
  afterAll(async () => {
    await host.close()
    await ssh?.[Symbol.asyncDispose]()
  })

  describe('commands', () => {
    it('get their arguments as they are, with folder, environment and input', async () => {
      const args = ["it's", '$HOME *', 'two\nlines', '']
      const { stdout } = await host.exec('printf', ['<%s>', ...args])
      expect(stdout).toBe(args.map((arg) => `<${arg}>`).join(''))
      const seen = await host.exec('sh', ['-c', 'pwd; echo "$A"; cat'], {
        cwd: '/usr/lib',
        env: { A: "b'c" },
        input: 'typed',
      })
      expect(seen.stdout).toBe("/usr/lib\nb'c\ntyped")
    })
    it('that fail say how, with all they printed', async () => {
      await expect(host.exec('sh', ['-c', 'echo out; echo no >&2; exit 7'])).rejects.toMatchObject({
        code: 'EC2_FUNCTION',
        message: expect.stringContaining('exited with status 7: no'),
        data: { code: 7, stdout: 'out\n', stderr: 'no\n' },
      })
    })
    it('tell what they print while they run, and are called off with what they started', async () => {
      const abort = new AbortController()
      const running = host.exec('sh', ['-c', 'echo first; sleep 4711; echo never'], {
        signal: abort.signal,
        onStdout: (chunk) => String(chunk) === 'first\n' && abort.abort(new Error('seen enough')),
      })
      await expect(running).rejects.toThrow('seen enough')
    })
  })

  describe('files', () => {
    it('travel there and back as they are: contents, modes, links, empty folders, strange names', async () => {
      const source = inside(kind, 'source')
      makeFolder(source)
      const there = inside(kind, 'there/data')
      const put = await host.put(source, there)
      expect(put).toMatchObject({ files: 6, bytes: (20 << 20) + 3 + 5 + 1 + 6 })
      expect(describeFolder(there)).toEqual(describeFolder(source))
      const back = inside(kind, 'back')
      await host.get(there, back)
      expect(describeFolder(back)).toEqual(describeFolder(source))
      expect(readdirSync(inside(kind)).toSorted()).toEqual(['back', 'source', 'there'])
    })
    it('of a folder that is there already are replaced, and others stay', async () => {
      const [source, there] = [inside(kind, 'one'), inside(kind, 'two')]
      for (const name of [source, there]) mkdirSync(name, { recursive: true })
      writeFileSync(join(source, 'a'), 'new')
      writeFileSync(join(there, 'a'), 'old')
      writeFileSync(join(there, 'b'), 'mine')
      await host.put(source, there)
      expect([readFileSync(join(there, 'a'), 'utf8'), readFileSync(join(there, 'b'), 'utf8')]).toEqual(['new', 'mine'])
      writeFileSync(join(there, 'c'), 'theirs')
      writeFileSync(join(source, 'd'), 'here')
      await host.get(there, source)
      expect(readdirSync(source).toSorted()).toEqual(['a', 'b', 'c', 'd'])
    })
    it('travel alone, to exactly that name', async () => {
      const file = inside(kind, 'file')
      writeFileSync(file, 'alone')
      await host.put(file, inside(kind, 'new folder/renamed'))
      await host.get(inside(kind, 'new folder/renamed'), inside(kind, 'fetched'))
      expect(readFileSync(inside(kind, 'fetched'), 'utf8')).toBe('alone')
    })
    it('that are not there are named', async () => {
      await expect(host.put(inside('nothing'), inside('x'))).rejects.toMatchObject({ code: 'EC2_SYNC' })
      await expect(host.get(inside('nothing'), inside('x'))).rejects.toMatchObject({ code: 'EC2_SYNC' })
      expect(existsSync(inside('x'))).toBe(false)
    })
  })

  describe('ports', () => {
    let server: Server
    beforeAll(async () => {
      server = createServer((request, response) => void request.pipe(response))
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    })
    afterAll(() => void server.close())

    it('are forwarded to another one where theirs is taken, and closed again', async () => {
      const { port } = server.address() as AddressInfo
      const forward = await host.forward(port)
      expect(forward.port).not.toBe(port)
      const body = 'x'.repeat(1 << 20)
      const answer = await fetch(forward.url, { method: 'POST', body })
      expect(await answer.text()).toBe(body)
      await forward.close()
      await expect(fetch(forward.url)).rejects.toThrow('fetch failed')
    })
    it('answer who has said all that there is to say', async () => {
      const counting = createTcpServer({ allowHalfOpen: true }, (socket) => {
        let bytes = 0
        socket.on('data', (chunk) => (bytes += chunk.length)).once('end', () => socket.end(`${bytes} bytes`))
      })
      await new Promise<void>((resolve) => void counting.listen(0, '127.0.0.1', resolve))
      await using forward = await host.forward((counting.address() as AddressInfo).port)
      const socket = connect({ port: forward.port, host: '127.0.0.1', allowHalfOpen: true })
      socket.end('x'.repeat(1 << 20))
      expect(await text(socket)).toBe(`${1 << 20} bytes`)
      counting.close()
    })
    it('that are taken here are refused when they are asked for by number', async () => {
      const { port } = server.address() as AddressInfo
      await expect(host.forward(1, { port })).rejects.toThrow(`The port ${port} is in use`)
    })
  })

  describe('functions', () => {
    it('return values as they were', async () => {
      const value = { date: new Date(0), map: new Map([[1, new Set(['a'])]]), bytes: new Uint8Array([1, 2]), big: 1n }
      expect(await host.run((it: unknown) => it, value)).toEqual(value)
      expect([await host.run(() => null), await host.run(() => undefined)]).toEqual([null, undefined])
    })
    it('throw what they throw, with class, code, cause and the place over there', async () => {
      const failing = host.run(() => {
        throw Object.assign(new RangeError('too far', { cause: { at: 7 } }), { code: 'E_FAR' })
      })
      const error = await failing.catch((thrown: Error) => thrown)
      expect(error).toBeInstanceOf(RangeError)
      expect(error).toMatchObject({ message: 'too far', code: 'E_FAR', cause: { at: 7 } })
      expect((error as Error).stack).toMatch(/at .*function:2:\d+/)
    })
    it('run side by side', async () => {
      const slow = host.run(async () => await new Promise((resolve) => setTimeout(() => resolve('slow'), 300)))
      expect(await Promise.race([slow, host.run(() => 'quick')])).toBe('quick')
      expect(await slow).toBe('slow')
    })
    it('hear of an abort', async () => {
      const abort = new AbortController()
      const file = inside(`${kind.length}`)
      const running = host.run(
        async (path: string, signal: AbortSignal) => {
          const { writeFileSync: write } = await import('node:fs')
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
          write(path, String((signal.reason as Error).message))
        },
        kind === 'this machine' ? file : '/dev/shm/remote-abort-test',
        abort.signal,
      )
      setTimeout(() => abort.abort(new Error('enough')), 300)
      await expect(running).rejects.toThrow('enough')
      const path = kind === 'this machine' ? file : '/dev/shm/remote-abort-test'
      await expect.poll(() => existsSync(path) && readFileSync(path, 'utf8')).toBe('enough')
      rmSync(path)
    })
    it('that end their process are told of, and the next has a new one', async () => {
      await expect(host.run(() => process.exit(3))).rejects.toMatchObject({
        code: 'EC2_FUNCTION',
        message: expect.stringContaining('exited with status 3'),
      })
      expect(await host.run(() => 1)).toBe(1)
    })
    it('that capture something are refused with its name, in a file that nobody transformed', async () => {
      const factor = 2
      await expect(host.run((a: number) => a * factor, 1)).rejects.toMatchObject({
        code: 'EC2_FUNCTION',
        message: expect.stringContaining('captures `factor`'),
        data: { variables: ['factor'] },
      })
      await expect(host.run(Math.sqrt, 4)).rejects.toThrow('`sqrt` is built in')
    })
  })

  it('offers a shell on streams', async () => {
    const [stdin, stdout] = [new PassThrough(), new PassThrough()]
    const ending = host.shell({ command: 'sh', stdin, stdout })
    let screen = ''
    stdout.on('data', (chunk: Buffer) => (screen += chunk.toString()))
    stdin.write('echo $((40 + 2))\n')
    await expect.poll(() => screen).toContain('42')
    stdin.end('exit 5\n')
    expect(await ending).toBe(5)
  })

  it('is closed once, and used no more', async () => {
    const other = kind === 'this machine' ? local() : (await openSshHost()).host
    await Promise.all([other.close(), other.close()])
    await expect(other.exec('true')).rejects.toMatchObject({ code: 'EC2_ABORTED' })
    await expect(other.run(() => 1)).rejects.toMatchObject({ code: 'EC2_ABORTED' })
  })
})

describe('a machine over SSH', () => {
  it('has the workspace and its packages, and brings home what functions write', { timeout: 60_000 }, async () => {
    await using ssh = await openSshHost()
    writeFileSync(join(ssh.root, 'input.txt'), 'from the workspace')
    const seen = await ssh.host.run(async (root: string) => {
      const { readFileSync: read, writeFileSync: write } = await import('node:fs')
      write(`${root}/output.txt`, 'from over there')
      return [read(`${root}/input.txt`, 'utf8'), process.env['VITEST_EC2']]
    }, ssh.root)
    expect(seen).toEqual(['from the workspace', '1'])
    expect(readFileSync(join(ssh.root, 'output.txt'), 'utf8')).toBe('from over there')
  })

  it('has no variable that was not named, and says which one a function missed', { timeout: 60_000 }, async () => {
    vi.stubEnv('API_TOKEN', 'a secret')
    onTestFinished(() => void vi.unstubAllEnvs())
    await using ssh = await openSshHost()
    expect(await ssh.host.run(() => process.env['API_TOKEN'])).toBeUndefined()
    await expect
      .poll(() => ssh.notices)
      .toEqual([
        "A function read API_TOKEN, which is set here and does not travel: `env: ['API_TOKEN']` passes it to hosts",
      ])
  })

  it('gives a terminal its size, and tells of its changes', async () => {
    await using ssh = await openSshHost()
    const stdin = new PassThrough()
    const stdout = Object.assign(new PassThrough(), { rows: 31, columns: 101 })
    let screen = ''
    stdout.on('data', (chunk: Buffer) => (screen += chunk.toString()))
    const ending = ssh.host.shell({ command: 'sh', stdin, stdout })
    stdin.write('stty size\n')
    await expect.poll(() => screen).toContain('31 101')
    Object.assign(stdout, { rows: 52, columns: 99 }).emit('resize')
    stdin.write('stty size; exit 0\n')
    await expect.poll(() => screen).toContain('52 99')
    expect(await ending).toBe(0)
  })

  it('is dialled again for the next command when its connection was lost', { timeout: 60_000 }, async () => {
    await using ssh = await openSshHost()
    await ssh.host.exec('true')
    await ssh.sshd.kill()
    await ssh.sshd.start()
    await sleep(200)
    expect((await ssh.host.exec('echo', ['again'])).stdout).toBe('again\n')
  })

  it('goes on with a copy that was cut, and sends nothing twice', { timeout: 60_000 }, async () => {
    await using ssh = await openSshHost()
    const [source, target] = [inside('cut source'), inside('cut target')]
    writeFileSync(source, Buffer.alloc(48 << 20, 'abcdefg'))
    const cut = ssh.host.put(source, target, {
      onProgress: ({ doneBytes }) => doneBytes > 24 << 20 && void ssh.sshd.kill(),
    })
    await expect(cut).rejects.toThrow(/lost|closed|ended/)
    expect(existsSync(target)).toBe(false)
    await ssh.sshd.start()
    const { sent } = await ssh.host.put(source, target)
    expect(sent).toBeGreaterThan(0)
    expect(sent).toBeLessThan(48 << 20)
    expect(readFileSync(target).equals(readFileSync(source))).toBe(true)
    expect(await ssh.host.put(source, target)).toMatchObject({ sent: 0 })
    appendFileSync(target, 'more')
    await ssh.host.get(target, source)
    expect(readFileSync(source).equals(readFileSync(target))).toBe(true)
  })

  it('fails calls with the reason when its agent is gone, and starts anew', { timeout: 60_000 }, async () => {
    await using ssh = await openSshHost()
    const hanging = ssh.host.run(async () => await new Promise(() => {}))
    hanging.catch(() => {})
    await ssh.host.run(() => 1)
    process.kill(await findAgent(ssh.stateDir), 'SIGKILL')
    await expect(hanging).rejects.toMatchObject({ code: 'EC2_HOST_LOST' })
    expect(await ssh.host.run(() => 2)).toBe(2)
  })
})
