import { createServer, type Server, type Socket } from 'node:net'
import type { AgentEvent } from '../wire/protocol.ts'
import type { Connection } from './connection.ts'
import { joinPort } from './join-port.ts'

type Listening = Extract<AgentEvent, { event: 'listen' }>

export interface PortForwards {
  changed(event: Listening): void
  workerEnded(worker: string): void
  close(): void
}

/**
 * What workers listen on there is at the same port of 127.0.0.1 here, as long as they do. Nothing of it keeps this process
 * alive. A port that is taken here stays as it is, and that is told once.
 */
export function createPortForwards(
  link: { readonly connection: Connection },
  notice: (sentence: string) => void,
): PortForwards {
  const forwards = new Map<number, { worker: string; server: Server; sockets: Set<Socket> }>()
  const told = new Set<number>()
  const close = (port: number) => {
    const forward = forwards.get(port)
    forwards.delete(port)
    forward?.server.close()
    for (const socket of forward?.sockets ?? []) socket.destroy()
  }
  return {
    changed({ worker, port, host, open }) {
      if (!open && forwards.get(port)?.worker === worker) close(port)
      if (!open || forwards.has(port)) return
      const sockets = new Set<Socket>()
      const server = createServer({ allowHalfOpen: true }, (socket) => {
        sockets.add(socket)
        socket
          .unref()
          .on('error', () => {})
          .once('close', () => sockets.delete(socket))
        void joinPort(socket, () => link.connection, host, port)
      })
      forwards.set(port, { worker, server, sockets })
      server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
        if (forwards.get(port)?.server === server) forwards.delete(port)
        if (told.has(port)) return
        told.add(port)
        const why =
          code === 'EADDRINUSE' ? 'it is in use here' : code === 'EACCES' ? 'only root may open it here' : message
        notice(
          `Port ${port} of ${link.connection.name} is not forwarded: ${why}. Let the worker listen on another one to reach it`,
        )
      })
      server.listen(port, '127.0.0.1').unref()
    },
    workerEnded(worker) {
      for (const [port, forward] of forwards) if (forward.worker === worker) close(port)
    },
    close() {
      for (const port of forwards.keys()) close(port)
    },
  }
}
