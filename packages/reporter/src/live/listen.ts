import { once } from 'node:events'
import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { NotebookError } from '../errors.ts'

/** @param port 0: one that is free */
export async function listen(fetch: (request: Request) => Response | Promise<Response>, port: number): Promise<Server> {
  const server = createAdaptorServer({ fetch }) as Server
  server.listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (cause) {
    const taken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE'
    const why = taken ? `port ${port} is in use` : (cause as Error).message
    throw new NotebookError(
      'NOTEBOOK_OPTION',
      `The reports could not be served: ${why}. Give another port, or leave it out to get a free one.`,
      { cause },
    )
  }
  server.unref()
  return server
}
