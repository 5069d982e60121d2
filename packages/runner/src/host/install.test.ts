import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { connectLocal } from '../local/connect-local.ts'
import { installNode } from './install.ts'
import type { Probe } from './probe.ts'

/** An official build as far as its layout goes, and a server that has it. */
async function serveBuild(): Promise<{ url: string; sha256: string; state: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'build-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'node-v1/bin'), { recursive: true })
  writeFileSync(join(folder, 'node-v1/bin/node'), '#!/bin/sh\necho it runs\n')
  chmodSync(join(folder, 'node-v1/bin/node'), 0o755)
  execFileSync('tar', ['-czf', 'build.tar.gz', 'node-v1'], { cwd: folder })
  const archive = readFileSync(join(folder, 'build.tar.gz'))
  const server = createServer((_request, response) => response.end(archive))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/build.tar.gz`
  return { url, sha256: createHash('sha256').update(archive).digest('hex'), state: join(folder, 'a state') }
}

const probeOf = (state: string): Probe => ({
  platform: 'linux',
  arch: 'arm64',
  libc: 'glibc',
  state,
  freeBytes: 1e9,
  hasNode: false,
  hasAgent: false,
  isRunning: false,
  isSameMachine: false,
})
const places = { node: 'node/v1', agent: 'agent/x' }
const signal = new AbortController().signal

it('has the host download Node, by its checksum', async () => {
  const { state, ...build } = await serveBuild()
  const connection = connectLocal()
  await installNode(connection, probeOf(state), places, { build, signal })
  expect(execFileSync(join(state, 'node/v1/node'), { encoding: 'utf8' })).toBe('it runs\n')
  expect(readdirSync(join(state, 'node/v1'))).toEqual(['node'])
})

it('leaves nothing of a download that is not what it should be', async () => {
  const { state, url } = await serveBuild()
  const installing = installNode(connectLocal(), probeOf(state), places, {
    build: { url, sha256: '0'.repeat(64) },
    signal,
  })
  await expect(installing).rejects.toMatchObject({
    code: 'EC2_HOST',
    message: expect.stringContaining('could not be put on this machine'),
  })
  expect(readdirSync(join(state, 'node/v1'))).toEqual([])
})

it('downloads Node for a host that reaches nobody outside, by the proxy and the mirror that are named here', async () => {
  const { url, sha256, state } = await serveBuild()
  const name = `node-${process.version}-linux-arm64.tar.gz`
  const asked: string[] = []
  const proxy = createServer((request, response) => {
    const wanted = `http://${request.headers.host}${request.url}`
    asked.push(wanted)
    if (wanted.endsWith('/SHASUMS256.txt')) response.end(`${sha256}  ${name}\n`)
    else if (wanted.startsWith('http://mirror.invalid/')) response.writeHead(302, { location: url }).end()
    else void fetch(wanted).then(async (answer) => response.end(Buffer.from(await answer.arrayBuffer())))
  })
  // A tunnel leads to this very server.
  proxy.on('connect', (_request, socket) => {
    socket.write('HTTP/1.1 200 Connected\r\n\r\n')
    proxy.emit('connection', socket)
  })
  await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    proxy.close()
    proxy.closeAllConnections()
  })
  // curl, which the host has, takes no proxy for http from a name in capitals.
  vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`)
  vi.stubEnv('NODEJS_ORG_MIRROR', 'http://mirror.invalid/dist/')
  onTestFinished(() => void vi.unstubAllEnvs())
  await installNode(connectLocal(), probeOf(state), places, { build: undefined, signal })
  expect(execFileSync(join(state, 'node/v1/node'), { encoding: 'utf8' })).toBe('it runs\n')
  expect(readdirSync(join(state, 'node/v1'))).toEqual(['node'])
  const folder = `http://mirror.invalid/dist/${process.version}`
  expect(asked).toEqual([`${folder}/SHASUMS256.txt`, `${folder}/${name}`, url])
})

it('says what cannot be downloaded, and by what it could be', async () => {
  const state = mkdtempSync(join(tmpdir(), 'state-'))
  onTestFinished(() => rmSync(state, { recursive: true }))
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve)) // nobody listens there any more
  vi.stubEnv('NODEJS_ORG_MIRROR', `http://127.0.0.1:${port}`)
  onTestFinished(() => void vi.unstubAllEnvs())
  const installing = installNode(connectLocal(), probeOf(state), places, { build: undefined, signal })
  await expect(installing).rejects.toMatchObject({
    code: 'EC2_HOST',
    message: `http://127.0.0.1:${port}/${process.version}/SHASUMS256.txt cannot be downloaded here: connect ECONNREFUSED 127.0.0.1:${port}`,
    fix: expect.stringContaining('NODEJS_ORG_MIRROR'),
  })
})
