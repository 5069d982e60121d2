import { get as getHttp, Agent as HttpAgent, type IncomingMessage } from 'node:http'
import { get as getHttps, Agent as HttpsAgent } from 'node:https'
import { text } from 'node:stream/consumers'
import { Ec2Error } from '../errors.ts'

/** Where a machine can get a Node that is not the client's own file: an official `.tar.gz`. */
export interface NodeDownload {
  url: string
  sha256: string
}

const RELEASES = 'https://nodejs.org/dist'
const SILENT_MS = 30_000
const MAX_REDIRECTS = 5

/**
 * The official build of this version of Node for Linux, by nodejs.org, or by the mirror that `NODEJS_ORG_MIRROR` names.
 * @throws Ec2Error `EC2_HOST` when there is none, or it cannot be looked up
 */
export async function findOfficialBuild(
  { arch, libc }: { arch: string; libc: string },
  env: NodeJS.ProcessEnv = process.env,
): Promise<NodeDownload> {
  if (libc === 'musl') throw new Ec2Error('EC2_HOST', 'The host runs on musl, for which there is no official Node')
  const folder = `${(env['NODEJS_ORG_MIRROR'] || RELEASES).replace(/\/+$/, '')}/${process.version}`
  const name = `node-${process.version}-linux-${arch}.tar.gz`
  const sums = await text(await download(`${folder}/SHASUMS256.txt`, env))
  const line = sums.split('\n').find((entry) => entry.endsWith(`  ${name}`))
  if (!line) throw new Ec2Error('EC2_HOST', `There is no official build ${name} in ${folder}`)
  return { url: `${folder}/${name}`, sha256: line.slice(0, 64) }
}

/** The bytes behind a URL, by the proxies of the environment. @throws Ec2Error `EC2_HOST` */
export async function download(
  url: string,
  env: NodeJS.ProcessEnv = process.env,
  redirects: number = MAX_REDIRECTS,
): Promise<IncomingMessage> {
  const isPlain = url.startsWith('http:')
  const agent = isPlain ? new HttpAgent({ proxyEnv: env }) : new HttpsAgent({ proxyEnv: env })
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const request = (isPlain ? getHttp : getHttps)(url, { agent, timeout: SILENT_MS }, resolve)
  request.on('timeout', () => request.destroy(new Error(`no answer within ${SILENT_MS / 1000} s`)))
  request.on('error', reject)
  const response = await promise.catch((cause: Error) => {
    throw unreachable(url, cause.message || String((cause as NodeJS.ErrnoException).code), cause)
  })
  const { statusCode = 0, headers } = response
  if (statusCode === 200) return response
  response.resume()
  if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined && redirects > 0)
    return await download(new URL(headers.location, url).href, env, redirects - 1)
  throw unreachable(url, `it answers ${statusCode}`)
}

function unreachable(url: string, why: string, cause?: Error): Ec2Error {
  return new Ec2Error('EC2_HOST', `${url} cannot be downloaded here: ${why}`, {
    fix: 'Let this machine reach it, through HTTPS_PROXY where there is a proxy, or name a mirror of https://nodejs.org/dist in NODEJS_ORG_MIRROR.',
    data: { url },
    ...(cause && { cause }),
  })
}
