import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Where `@acme/crc` is published, and what its install script downloads. */
export interface NativeRegistry extends AsyncDisposable {
  /** for `.npmrc` */
  readonly npmrc: string
  /** paths that were asked for, oldest first */
  readonly asked: string[]
  /** platforms that there are prebuilt add-ons for */
  prebuilt: string[]
}

/** As many packages do it: what is not to be had prebuilt is compiled. */
const MANIFEST = {
  name: '@acme/crc',
  version: '1.0.0',
  main: 'index.js',
  scripts: { install: 'prebuild-install || node-gyp rebuild' },
  dependencies: { 'prebuild-install': '7.1.3' },
}
const INDEX = `module.exports = require('./build/Release/crc.node')\n`
/** The first bytes of a program of macOS. */
const MACH_O = Buffer.concat([Buffer.from('cffaedfe0c000001', 'hex'), Buffer.alloc(4096)])

/** @param addon the add-on of linux-x64, which Node here can load */
export async function openNativeRegistry(addon: string): Promise<NativeRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'registry-'))
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '')
    asked.push(path)
    const platform = /(linux|darwin)-(?:x64|arm64)/.exec(path)?.[0] ?? ''
    if (path === '/@acme/crc') response.end(JSON.stringify(packument))
    else if (path === '/crc.tgz') response.end(readFileSync(join(folder, 'crc.tgz')))
    else if (registry.prebuilt.includes(platform)) response.end(readFileSync(join(folder, `${platform}.tgz`)))
    else response.writeHead(404).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const manifest = { ...MANIFEST, binary: { host: url, remote_path: 'prebuilt' } }
  await pack('crc.tgz', { 'package/package.json': JSON.stringify(manifest), 'package/index.js': INDEX })
  await pack('linux-x64.tgz', { 'build/Release/crc.node': readFileSync(addon) })
  await pack('darwin-arm64.tgz', { 'build/Release/crc.node': MACH_O })
  const integrity = `sha512-${createHash('sha512')
    .update(readFileSync(join(folder, 'crc.tgz')))
    .digest('base64')}`
  const versions = { '1.0.0': { ...manifest, dist: { tarball: `${url}/crc.tgz`, integrity } } }
  const packument = { name: MANIFEST.name, 'dist-tags': { latest: '1.0.0' }, versions }

  const registry: NativeRegistry = {
    npmrc: `@acme:registry=${url}\n`,
    asked,
    prebuilt: ['linux-x64', 'darwin-arm64'],
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      rmSync(folder, { recursive: true })
    },
  }
  return registry

  async function pack(name: string, files: Record<string, string | Buffer>): Promise<void> {
    const source = mkdtempSync(join(folder, 'pack-'))
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(source, path, '..'), { recursive: true })
      writeFileSync(join(source, path), content)
    }
    await run('tar', ['-czf', join(folder, name), '-C', source, ...readdirSync(source)])
  }
}
