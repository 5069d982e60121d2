import { randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ENDPOINT_FILE, type EndpointAddress } from '../journal/endpoint.ts'

export type Handler = (request: Request) => Response | Promise<Response>

/**
 * The worker's own small server: answers to questions, addresses of the experiment, and word that the reports are there come
 * in here. On loopback, with a token that lies beside the journal; the live page reaches it through its server.
 */
export class Endpoint {
  #folder: string
  #handlers = new Map<string, Handler>()
  #server: Server | undefined
  #opening: Promise<void> | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  /** @param path `/answer/c3`: the longest that a request starts with takes it */
  async handle(path: string, handler: Handler): Promise<Disposable> {
    this.#handlers.set(path, handler)
    this.#opening ??= this.#open()
    await this.#opening
    return { [Symbol.dispose]: () => void this.#handlers.delete(path) }
  }

  async close(): Promise<void> {
    await this.#opening
    const server = this.#server
    if (!server) return
    this.#server = undefined
    rmSync(join(this.#folder, ENDPOINT_FILE), { force: true })
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }

  async #open(): Promise<void> {
    const token = randomBytes(24).toString('base64url')
    const server = createServer((request, response) => {
      this.#answer(request, response, token).catch(() => response.destroy())
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    server.unref()
    this.#server = server
    const address: EndpointAddress = { port: (server.address() as AddressInfo).port, token }
    writeFileSync(join(this.#folder, ENDPOINT_FILE), JSON.stringify(address), { mode: 0o600 })
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse, token: string): Promise<void> {
    if (!equal(incoming.headers.authorization ?? '', `Bearer ${token}`)) return void outgoing.writeHead(403).end()
    const url = new URL(incoming.url ?? '/', 'http://127.0.0.1')
    const handler = this.#find(url.pathname)
    if (!handler) return void outgoing.writeHead(404).end('The notebook serves nothing at this address.')
    let response: Response
    try {
      response = await handler(toRequest(incoming, url))
    } catch (error) {
      response = new Response(error instanceof Error ? error.message : String(error), { status: 500 })
    }
    outgoing.writeHead(response.status, Object.fromEntries(response.headers))
    if (!response.body) return void outgoing.end()
    await pipeline(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), outgoing)
  }

  #find(path: string): Handler | undefined {
    let best = ''
    for (const known of this.#handlers.keys()) {
      const under = path === known || path.startsWith(known.endsWith('/') ? known : `${known}/`)
      if (under && known.length > best.length) best = known
    }
    return this.#handlers.get(best)
  }
}

function toRequest(incoming: IncomingMessage, url: URL): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (name !== 'authorization' && value !== undefined) headers.set(name, String(value))
  }
  const method = incoming.method ?? 'GET'
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers })
  return new Request(url, { method, headers, body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' })
}

function equal(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)]
  return one.length === other.length && timingSafeEqual(one, other)
}
