import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { Ec2Error } from '../errors.ts'
import { joinPort } from '../host/join-port.ts'
import type { Forward, ForwardOptions } from './host.ts'
import type { Line } from './line.ts'

/** Listens on loopback and joins each connection to a port as the host sees it. */
export async function forward(line: Line, remotePort: number, options: ForwardOptions = {}): Promise<Forward> {
  const { host = '127.0.0.1' } = options
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
    void joinPort(socket, () => line.get(), host, remotePort)
  })
  const port = await listen(server, options.port, remotePort)
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { port, url: `http://127.0.0.1:${port}`, close, [Symbol.asyncDispose]: close }
}

async function listen(server: Server, wanted: number | undefined, preferred: number): Promise<number> {
  try {
    return await listenOn(server, wanted ?? preferred)
  } catch (cause) {
    if (wanted === undefined) return await listenOn(server, 0)
    throw new Ec2Error('EC2_OPTIONS', `The port ${wanted} is in use on this machine`, {
      fix: 'Name another, or none: then a free one is taken.',
      cause,
    })
  }
}

async function listenOn(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
  return (server.address() as AddressInfo).port
}
