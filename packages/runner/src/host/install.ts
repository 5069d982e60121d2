import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { Ec2Error } from '../errors.ts'
import { readLibc } from '../wire/libc.ts'
import type { AgentSources } from './agent-sources.ts'
import type { Connection } from './connection.ts'
import type { Places, Probe } from './probe.ts'
import { quote, toCommandLine } from './shell.ts'

/** Where a machine can get a Node that is not the client's own file: an official `.tar.gz`. */
export interface NodeDownload {
  url: string
  sha256: string
}

/** What tells this machine's Node binary from that of any other machine. */
export async function identifyOwnNode(): Promise<string | undefined> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined)
  if (boot === undefined) return undefined
  const { dev, ino } = await stat(process.execPath)
  return `${boot.trim()}:${dev}:${ino}`
}

/**
 * Brings Node to a machine that lacks this version: linked on this machine, else the client's own file when it runs
 * there, else a download.
 * @throws Ec2Error `EC2_HOST` when the machine cannot take it
 */
export async function installNode(
  connection: Connection,
  probe: Probe,
  places: Places,
  { download, signal }: { download: NodeDownload | undefined; signal: AbortSignal },
): Promise<void> {
  const folder = `${probe.state}/${places.node}`
  const part = `${folder}/.part-${process.pid}-${Math.random().toString(36).slice(2)}`
  const put = `chmod 755 ${quote(part)} && mv -f ${quote(part)} ${quote(`${folder}/node`)}`
  try {
    if (probe.isSameMachine) {
      const own = quote(process.execPath)
      const copy = `{ ln -f ${own} ${quote(part)} 2>/dev/null || cp ${own} ${quote(part)}; }`
      await connection.exec(
        `set -e; mkdir -p ${quote(folder)}; ${copy}; mv -f ${quote(part)} ${quote(`${folder}/node`)}`,
        { signal },
      )
    } else if (runsOwnNode(probe) && !download) {
      const sha256 = await hashFile(process.execPath)
      const check = `echo ${sha256}'  '${quote(part)} | sha256sum -c --quiet -`
      const gzip = createGzip({ level: 1 })
      void pipeline(createReadStream(process.execPath), gzip).catch(() => {}) // ends the upload
      await connection.exec(`set -e; mkdir -p ${quote(folder)}; gzip -dc > ${quote(part)}; ${check}; ${put}`, {
        input: gzip,
        signal,
      })
    } else {
      const { url, sha256 } = download ?? (await findOfficialBuild(probe))
      const archive = `${part}.tar.gz`
      const check = `echo ${sha256}'  '${quote(archive)} | sha256sum -c --quiet -`
      const unpack = `tar -xzOf ${quote(archive)} --wildcards '*/bin/node' > ${quote(part)}; rm ${quote(archive)}`
      await connection.exec(
        `set -e; mkdir -p ${quote(folder)}; curl -fsSL --retry 3 -o ${quote(archive)} ${quote(url)}; ${check}; ${unpack}; ${put}`,
        { signal },
      )
    }
  } catch (cause) {
    await connection.exec(`rm -f ${quote(part)} ${quote(`${part}.tar.gz`)}`).catch(() => {})
    throw explain(cause, `Node ${process.version} could not be put on ${connection.name}`)
  }
}

/** Brings the sources of the agent: a folder per content, complete or not there. */
export async function installAgent(
  connection: Connection,
  probe: Probe,
  places: Places,
  sources: AgentSources,
  signal: AbortSignal,
): Promise<void> {
  const folder = `${probe.state}/${places.agent}`
  const command = toCommandLine([`${probe.state}/${places.node}/node`, '-e', UNPACK, folder])
  try {
    await connection.exec(command, { input: JSON.stringify(sources.files), signal })
  } catch (cause) {
    throw explain(cause, `The agent could not be put on ${connection.name}`)
  }
}

const UNPACK = `
const { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs')
const { dirname, join } = require('node:path')
const folder = process.argv[1], part = folder + '.part-' + process.pid
for (const [path, text] of Object.entries(JSON.parse(readFileSync(0, 'utf8')))) {
  mkdirSync(dirname(join(part, path)), { recursive: true })
  writeFileSync(join(part, path), text)
}
try { renameSync(part, folder) } catch (error) {
  rmSync(part, { recursive: true })
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
}
`

function runsOwnNode({ platform, arch, libc }: Probe): boolean {
  return platform === process.platform && arch === process.arch && libc === readLibc()
}

async function findOfficialBuild({ arch, libc }: Probe): Promise<NodeDownload> {
  if (libc === 'musl') throw new Ec2Error('EC2_HOST', 'The host runs on musl, for which there is no official Node')
  const folder = `https://nodejs.org/dist/${process.version}`
  const name = `node-${process.version}-linux-${arch}.tar.gz`
  const response = await fetch(`${folder}/SHASUMS256.txt`)
  const line = response.ok && (await response.text()).split('\n').find((entry) => entry.endsWith(`  ${name}`))
  if (!line) throw new Ec2Error('EC2_HOST', `There is no official build ${name}`)
  return { url: `${folder}/${name}`, sha256: line.slice(0, 64) }
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

function explain(cause: unknown, what: string): unknown {
  if (!(cause instanceof Ec2Error) || cause.code !== 'EC2_FUNCTION') return cause
  const said = String(cause.data.stderr).trim().split('\n').at(-1) ?? ''
  const isFull = /No space left|ENOSPC/.test(String(cause.data.stderr))
  return new Ec2Error('EC2_HOST', `${what}: ${isFull ? 'its disk is full' : said || cause.message}`, {
    ...(isFull && { fix: 'Free some space on the host, or give the `disk` option more GiB.' }),
    cause,
  })
}
