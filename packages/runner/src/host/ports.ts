import { createServer, type Server, type Socket } from 'node:net'

/** Somebody far away who listens on a port. */
export interface Claimant {
  /** of the host, for messages */
  host: string
  /** joins a connection that came here to it */
  join: (socket: Socket) => void
}

/**
 * Ports of 127.0.0.1 here that lead to what listens on the same port of hosts. Where several do, the first has it, and when
 * that one is gone the next. Nothing of it keeps this process alive.
 */
export interface Ports {
  /** @returns gives it back, with all connections to it; again does nothing */
  claim(port: number, claimant: Claimant): () => void
}

interface Shared {
  server: Server
  /** the first has the port */
  claimants: Claimant[]
  sockets: Set<Socket>
}

/** @param notice hears once of each port that is taken, here or by another host */
export function createPorts(notice: (sentence: string) => void): Ports {
  const ports = new Map<number, Shared>()
  const told = new Set<string>()
  return {
    claim(port, claimant) {
      const shared = ports.get(port) ?? open(port)
      const [first] = shared.claimants
      shared.claimants.push(claimant)
      if (!first) {
        listen(port, shared)
      } else if (first.host !== claimant.host) {
        tellOnce(
          `${port} shared`,
          `Port ${port} here leads to ${first.host}; ${claimant.host} listens on it too, and has it when that one is gone`,
        )
      }
      return () => release(port, shared, claimant)
    },
  }

  function open(port: number): Shared {
    const sockets = new Set<Socket>()
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket)
      socket
        .unref()
        .on('error', () => {})
        .once('close', () => sockets.delete(socket))
      const [first] = shared.claimants
      if (first) first.join(socket)
      else socket.destroy()
    })
    const shared: Shared = { server, claimants: [], sockets }
    ports.set(port, shared)
    return shared
  }

  function listen(port: number, shared: Shared): void {
    shared.server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (ports.get(port) === shared) ports.delete(port)
      const why =
        code === 'EADDRINUSE' ? 'it is in use here' : code === 'EACCES' ? 'only root may open it here' : message
      const host = shared.claimants[0]?.host ?? 'a host'
      tellOnce(
        `${port} taken`,
        `Port ${port} of ${host} is not forwarded: ${why}. Let the worker listen on another one to reach it`,
      )
    })
    shared.server.listen(port, '127.0.0.1').unref()
  }

  function release(port: number, shared: Shared, claimant: Claimant): void {
    const at = shared.claimants.indexOf(claimant)
    if (at === -1) return
    shared.claimants.splice(at, 1)
    if (at === 0) for (const socket of shared.sockets) socket.destroy()
    if (shared.claimants.length > 0) return
    if (ports.get(port) === shared) ports.delete(port)
    shared.server.close()
  }

  function tellOnce(what: string, sentence: string): void {
    if (told.has(what)) return
    told.add(what)
    notice(sentence)
  }
}
