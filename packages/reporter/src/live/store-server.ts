import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Hono } from 'hono'
import type { ArchiveStore } from '../archive/store.ts'
import { guard } from './access.ts'
import { listen } from './listen.ts'
import { parsePath } from './path.ts'
import { respondWithFile } from './stored-file.ts'

export interface StoreServer extends AsyncDisposable {
  /** with the token */
  url: string
}

/**
 * Shows what a store holds, on 127.0.0.1 and to whoever has the token. A private bucket is read with the credentials of the
 * process: nothing in it has to be public.
 *
 * @param port 0: one that is free
 */
export async function serveStore(store: ArchiveStore, port = 0): Promise<StoreServer> {
  const token = randomBytes(18).toString('base64url')
  const app = new Hono()
  app.use(guard(token))
  app.on(['GET', 'HEAD'], '*', async (c) => {
    const path = parsePath(new URL(c.req.url).pathname)
    if (!path || path.page) return c.text('There is no such file.', 404)
    const key = [...path.folder, path.name || 'index.html'].join('/')
    try {
      return (await respondWithFile(store, key, c.req.raw)) ?? c.text(`There is no ${key} in ${store.name}.`, 404)
    } catch (error) {
      return c.text((error as Error).message, 502)
    }
  })
  const server = await listen(app.fetch, port)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/?token=${token}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
