import { createServer } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'
import { listCommands, until } from '../../test/local-host.ts'
import { connectLocal } from './connect-local.ts'

it('runs commands, with input, output and status', async () => {
  const connection = connectLocal()
  expect(await connection.exec('tr a-z A-Z; echo oops >&2', { input: 'hello' })).toEqual({
    stdout: 'HELLO',
    stderr: 'oops\n',
  })
  expect(
    (await connection.exec('wc -c', { input: Readable.from([Buffer.alloc(1000), Buffer.alloc(500)]) })).stdout.trim(),
  ).toBe('1500')
  await expect(connection.exec('echo no >&2; exit 7')).rejects.toMatchObject({
    code: 'EC2_FUNCTION',
    message: '`echo no >&2; exit 7` on this machine exited with status 7: no',
    data: { code: 7 },
  })
  // A command that does not read what it is given is no mistake.
  await connection.exec('true', { input: Buffer.alloc(10 << 20) })
  await connection.exec('true', { input: Readable.from([Buffer.alloc(10 << 20), Buffer.alloc(10 << 20)]) })
})

it('says why a command got no more of its input', async () => {
  const connection = connectLocal()
  const input = Readable.from(breaksOff())
  await expect(connection.exec('cat', { input })).rejects.toThrow('the disk is gone')
})

async function* breaksOff(): AsyncGenerator<string> {
  yield 'first'
  throw new Error('the disk is gone')
}

it('calls a command off with all that it runs', async () => {
  const connection = connectLocal()
  const abort = new AbortController()
  const running = connection.exec('echo up; sleep 8123; true', { signal: abort.signal, onStdout: () => abort.abort() })
  await expect(running).rejects.toMatchObject({ name: 'AbortError' })
  await until(async () => !(await listCommands()).includes('sleep 8123'), 'the end of the command')
  await expect(connection.exec('true', { signal: abort.signal })).rejects.toMatchObject({ name: 'AbortError' })
})

it('opens sockets, and says when nobody listens', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'local-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const server = createServer((socket) => socket.end('hello'))
  await new Promise<void>((resolve) => void server.listen(join(folder, 's'), resolve))
  onTestFinished(() => void server.close())
  const connection = connectLocal()
  expect(await text(await connection.openSocket(join(folder, 's')))).toBe('hello')
  await expect(connection.openSocket(join(folder, 'none'))).rejects.toMatchObject({ code: 'EC2_UNREACHABLE' })
})

it('ends what it started when it closes, and starts nothing afterwards', async () => {
  const connection = connectLocal()
  const process = await connection.spawn('sleep 8124; true')
  await connection.close()
  expect(await process.exited).toMatchObject({ signal: 'SIGTERM' })
  expect(await connection.closed).toEqual({ by: 'us' })
  await expect(connection.exec('true')).rejects.toMatchObject({ code: 'EC2_UNREACHABLE' })
})
