import type { Socket } from 'node:net'
import type { Connection } from './connection.ts'

/** Joins a connection that came here to a port as the machine sees it. Where nobody listens, it is closed. */
export async function joinPort(
  socket: Socket,
  connect: () => Connection | Promise<Connection>,
  host: string,
  port: number,
): Promise<void> {
  try {
    const connection = await connect()
    const stream = await connection.openPort(host, port)
    stream.on('error', () => socket.destroy()).once('close', () => socket.destroy())
    socket.once('close', () => stream.destroy())
    socket.pipe(stream).pipe(socket)
  } catch {
    socket.destroy() // as when nothing listens
  }
}
