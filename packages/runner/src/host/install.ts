import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { Ec2Error } from '../errors.ts'
import { readLibc } from '../wire/libc.ts'
import type { AgentSources } from './agent-sources.ts'
import type { Connection } from './connection.ts'
import type { NodeDownload } from './official-node.ts'
import type { Places, Probe } from './probe.ts'
import { quote, toCommandLine } from './shell.ts'

/** A network that leads nowhere outside often says nothing. */
const CONNECT_SECONDS = 10
/** Proxy or name not found, refused, refused by the server, timed out, TLS failed, cut; and no curl. */
const UNREACHED: ReadonlySet<number> = new Set([5, 6, 7, 22, 28, 35, 52, 56, 60, 127])

/** What tells this machine's Node binary from that of any other machine. */
export async function identifyOwnNode(): Promise<string | undefined> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined)
  if (boot === undefined) return undefined
  const { dev, ino } = await stat(process.execPath)
  return `${boot.trim()}:${dev}:${ino}`
}

/**
 * Brings Node to a machine that lacks this version: linked on this machine, else the client's own file when it runs
 * there, else what the machine downloads, or, where it reaches nobody outside, the client for it.
 * @throws Ec2Error `EC2_HOST` when the machine cannot take it, or it cannot be downloaded
 */
export async function installNode(
  connection: Connection,
  probe: Probe,
  places: Places,
  { build, signal }: { build: NodeDownload | undefined; signal: AbortSignal },
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
    } else if (runsOwnNode(probe) && !build) {
      const sha256 = await hashFile(process.execPath)
      const check = `echo ${sha256}'  '${quote(part)} | sha256sum -c --quiet -`
      const gzip = createGzip({ level: 1 })
      void pipeline(createReadStream(process.execPath), gzip).catch(() => {}) // ends the upload
      await connection.exec(`set -e; mkdir -p ${quote(folder)}; gzip -dc > ${quote(part)}; ${check}; ${put}`, {
        input: gzip,
        signal,
      })
    } else {
      const { download, findOfficialBuild } = await import('./official-node.ts') // few hosts need it
      const { url, sha256 } = build ?? (await findOfficialBuild(probe))
      const archive = quote(`${part}.tar.gz`)
      const check = `echo ${sha256}'  '${archive} | sha256sum -c --quiet -`
      const unpack = `tar -xzOf ${archive} --wildcards '*/bin/node' > ${quote(part)}; rm ${archive}`
      const take = (get: string) =>
        `set -e; mkdir -p ${quote(folder)}; ${get} > ${archive}; ${check}; ${unpack}; ${put}`
      const curl = `curl -fsSL --connect-timeout ${CONNECT_SECONDS} --retry 2 ${quote(url)}`
      await connection.exec(take(curl), { signal }).catch(async (cause: unknown) => {
        if (!isUnreached(cause)) throw cause
        await connection.exec(take('cat'), { input: await download(url), signal })
      })
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

/** By the exit code of curl, or its absence: what came is no reason to send it again. */
function isUnreached(cause: unknown): boolean {
  const { code, data } = cause as Partial<Ec2Error>
  return code === 'EC2_FUNCTION' && UNREACHED.has(Number(data?.['code']))
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
