import { Agent as HttpAgent, get as getHttp, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, get as getHttps } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { Ec2Error } from '../errors.ts'

/** Failures in a row, with not one byte in between, before it is given up. */
const MAX_FAILURES = 5
const FIRST_WAIT_MS = 250
const SILENCE_MS = 30_000

// Proxies as the host's own environment names them, where its Node knows how (22.21, 24.5).
const agentOptions = { keepAlive: true, proxyEnv: process.env }
const httpAgent = new HttpAgent(agentOptions)
const httpsAgent = new HttpsAgent(agentOptions)

/**
 * The bytes behind a URL. A connection that breaks is opened again where it broke.
 * @yields the next bytes
 * @throws Ec2Error `EC2_NETWORK` when nothing comes any more, or the server refuses
 */
export async function* download(url: string): AsyncGenerator<Buffer> {
  let received = 0
  for (let failures = 0; ;) {
    try {
      const { response, total } = await open(url, received)
      for await (const chunk of response) {
        received += (chunk as Buffer).length
        failures = 0
        yield chunk as Buffer
      }
      if (total === undefined || received >= total) return
      throw new Error(`the connection ended after ${received} of ${total} bytes`)
    } catch (cause) {
      failures += 1
      if (cause instanceof Ec2Error || failures >= MAX_FAILURES) throw unreachable(url, cause)
      await sleep(FIRST_WAIT_MS * 2 ** (failures - 1) * (0.5 + Math.random()))
    }
  }
}

async function open(url: string, from: number): Promise<{ response: IncomingMessage; total: number | undefined }> {
  const response = await request(url, from)
  const { statusCode = 0, headers } = response
  if (statusCode === 206) return { response, total: Number(headers['content-range']?.split('/')[1]) || undefined }
  if (statusCode === 200 && from === 0) return { response, total: Number(headers['content-length']) || undefined }
  response.resume()
  if (statusCode === 200) throw new Ec2Error('EC2_NETWORK', 'it cannot go on in the middle')
  if (statusCode >= 500 || statusCode === 429 || statusCode === 408) throw new Error(`it answered ${statusCode}`)
  throw new Ec2Error('EC2_NETWORK', `it answered ${statusCode}`)
}

async function request(url: string, from: number): Promise<IncomingMessage> {
  const isPlain = url.startsWith('http:')
  const headers = from > 0 ? { range: `bytes=${from}-` } : {}
  return await new Promise((resolve, reject) => {
    const options = { headers, agent: isPlain ? httpAgent : httpsAgent, timeout: SILENCE_MS }
    const asked = isPlain ? getHttp(url, options, resolve) : getHttps(url, options, resolve)
    asked.on('timeout', () => asked.destroy(new Error(`nothing came for ${SILENCE_MS / 1000} s`)))
    asked.on('error', reject)
  })
}

/** The query of a presigned URL is a secret: it is in no message. */
function unreachable(url: string, cause: unknown): Ec2Error {
  const { origin, pathname } = new URL(url)
  return new Ec2Error('EC2_NETWORK', `The host cannot download ${origin}${pathname}: ${(cause as Error).message}`, {
    cause,
  })
}
