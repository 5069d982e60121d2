import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** Somebody who is told of runs by JSON: a chat, or SES as far as it takes mails. */
export interface Webhook extends AsyncDisposable {
  readonly url: string
  /** what was posted, oldest first */
  readonly posted: readonly unknown[]
}

export async function openWebhook(): Promise<Webhook> {
  const posted: unknown[] = []
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      posted.push(body)
      response.setHeader('content-type', 'application/json').end('{}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    posted,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}
