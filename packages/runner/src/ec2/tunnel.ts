import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { WebSocket } from 'ws'
import { Ec2Error } from '../errors.ts'
import type { Clients } from './clients.ts'
import type { ConnectEndpoint } from './connect-endpoint.ts'
import { askWithRenewal } from './credentials.ts'
import { toRequestHandler } from './request-handler.ts'

const SSH_PORT = 22
/** s; the most that AWS grants. A host is dialled again when it is over, and what was under way there goes on. */
const MAX_DURATION = 3600
/** s for which the signed address is good: it is used at once. */
const EXPIRES_IN = 60
const HANDSHAKE_TIMEOUT_MS = 15_000

/**
 * Opens a tunnel to the SSH server of an instance, as `aws ec2-instance-connect open-tunnel` does: a WebSocket at an
 * address signed by SigV4, whose binary messages are the bytes. By the proxies of the environment, as all calls.
 * @param address the private one of the instance
 * @throws Ec2Error `EC2_DENIED`, `EC2_CREDENTIALS`, `EC2_NETWORK`; `EC2_UNREACHABLE` when another try may do
 */
export async function openTunnel(clients: Clients, endpoint: ConnectEndpoint, address: string): Promise<Duplex> {
  const { config } = await clients.ec2()
  return await askWithRenewal(async () => {
    const url = await sign(clients, endpoint, address)
    return await connect(url, endpoint)
  }, config.credentials)
}

async function sign(clients: Clients, { id, dnsName }: ConnectEndpoint, address: string): Promise<string> {
  const { SignatureV4 } = await import('@smithy/signature-v4')
  const { config } = await clients.ec2()
  const signer = new SignatureV4({
    service: 'ec2-instance-connect',
    region: await clients.region(),
    credentials: config.credentials,
    sha256: config.sha256,
  })
  const asked = {
    instanceConnectEndpointId: id,
    remotePort: String(SSH_PORT),
    privateIpAddress: address,
    maxTunnelDuration: String(MAX_DURATION),
  }
  const request = {
    method: 'GET',
    protocol: 'wss:',
    hostname: dnsName,
    path: '/openTunnel',
    headers: { host: dnsName },
    query: asked,
  }
  const { query } = await signer.presign(request, { expiresIn: EXPIRES_IN })
  return `wss://${dnsName}/openTunnel?${new URLSearchParams(query as Record<string, string>).toString()}`
}

async function connect(url: string, endpoint: ConnectEndpoint): Promise<Duplex> {
  const { WebSocket, createWebSocketStream } = await import('ws')
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const { httpsAgent: agent } = toRequestHandler(process.env)
  const socket = new WebSocket(url, { agent, perMessageDeflate: false, handshakeTimeout: HANDSHAKE_TIMEOUT_MS })
  socket.once('open', resolve)
  // NOTE: the listener of errors stays: closing a socket that has not opened yet is an error, too.
  socket.on('error', (cause) => reject(unreachable(endpoint, cause)))
  socket.once('unexpected-response', (_request, answer) => {
    void explainRefusal(endpoint, answer).then((error) => {
      reject(error)
      socket.terminate()
    })
  })
  await promise
  return toStream(socket, createWebSocketStream(socket))
}

/** By itself such a stream only ends: SSH would wait for its close for ever, and never hear why it came. */
function toStream(socket: WebSocket, stream: Duplex): Duplex {
  socket.prependOnceListener('close', (code, reason) => {
    if (stream.writableEnded) return stream.destroy()
    const error = new Error(`The tunnel was closed: ${reason.toString() || `code ${code}`}`)
    if (code === 1000) stream.once('end', () => stream.destroy(error))
    else stream.destroy(error)
  })
  return stream
}

async function explainRefusal({ id }: ConnectEndpoint, answer: IncomingMessage): Promise<Ec2Error> {
  const { statusCode: status = 0 } = answer
  const said = await text(answer).catch(() => '')
  const refuse = (code: 'EC2_CREDENTIALS' | 'EC2_DENIED' | 'EC2_NETWORK' | 'EC2_UNREACHABLE', fix?: string) =>
    new Ec2Error(code, `${id} opens no tunnel (${status}): ${messageOf(said)}`, {
      data: { endpoint: id, status },
      ...(fix !== undefined && { fix }),
    })
  if (/expired|InvalidAccessKey|UnrecognizedClient|InvalidClientToken/i.test(said)) {
    return refuse('EC2_CREDENTIALS', 'Renew them: `aws sso login`, or new keys in the profile.')
  }
  if (status === 401 || status === 403) {
    return refuse(
      'EC2_DENIED',
      'Ask for `ec2-instance-connect:OpenTunnel`, as in the policy that `npx vitest-ec2 policy` prints.',
    )
  }
  if (status === 429 || status >= 500) return refuse('EC2_UNREACHABLE')
  return refuse(
    'EC2_NETWORK',
    'Does it still exist? `aws ec2 describe-instance-connect-endpoints` lists those there are.',
  )
}

function messageOf(said: string): string {
  try {
    const { Message, message } = JSON.parse(said) as { Message?: string; message?: string }
    return Message ?? message ?? said
  } catch {
    return said.slice(0, 300)
  }
}

function unreachable({ id, dnsName }: ConnectEndpoint, cause: Error): Ec2Error {
  return new Ec2Error('EC2_UNREACHABLE', `${id} does not answer at ${dnsName}: ${cause.message}`, {
    fix: 'Do a firewall or proxy (HTTPS_PROXY, NO_PROXY) let WebSockets to it through?',
    data: { endpoint: id },
    cause,
  })
}
