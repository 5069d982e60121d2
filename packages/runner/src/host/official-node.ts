import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { EnvHttpProxyAgent, fetch } from 'undici'
import { Ec2Error } from '../errors.ts'

/** Where a machine can get a Node that is not the client's own file: an official `.tar.gz`. */
export interface NodeDownload {
  url: string
  sha256: string
}

const RELEASES = 'https://nodejs.org/dist'

/**
 * The official build of this version of Node for Linux, by nodejs.org, or by the mirror that `NODEJS_ORG_MIRROR` names.
 * @throws Ec2Error `EC2_HOST` when there is none, or it cannot be looked up
 */
export async function findOfficialBuild({ arch, libc }: { arch: string; libc: string }): Promise<NodeDownload> {
  if (libc === 'musl') throw new Ec2Error('EC2_HOST', 'The host runs on musl, for which there is no official Node')
  const folder = `${(process.env['NODEJS_ORG_MIRROR'] || RELEASES).replace(/\/+$/, '')}/${process.version}`
  const name = `node-${process.version}-linux-${arch}.tar.gz`
  const sums = await text(await download(`${folder}/SHASUMS256.txt`))
  const line = sums.split('\n').find((entry) => entry.endsWith(`  ${name}`))
  if (!line) throw new Ec2Error('EC2_HOST', `There is no official build ${name} in ${folder}`)
  return { url: `${folder}/${name}`, sha256: line.slice(0, 64) }
}

/** The bytes behind a URL, by the proxies of the environment. @throws Ec2Error `EC2_HOST` */
export async function download(url: string): Promise<Readable> {
  const response = await fetch(url, { dispatcher: new EnvHttpProxyAgent() }).catch((error: Error) => {
    const { message } = error.cause instanceof Error ? error.cause : error // it only says that it failed
    throw unreachable(url, message, error)
  })
  if (!response.ok || !response.body) throw unreachable(url, `it answers ${response.status}`)
  return Readable.fromWeb(response.body)
}

function unreachable(url: string, why: string, cause?: Error): Ec2Error {
  return new Ec2Error('EC2_HOST', `${url} cannot be downloaded here: ${why}`, {
    fix: 'Let this machine reach it, through HTTPS_PROXY where there is a proxy, or name a mirror of https://nodejs.org/dist in NODEJS_ORG_MIRROR.',
    data: { url },
    ...(cause && { cause }),
  })
}
