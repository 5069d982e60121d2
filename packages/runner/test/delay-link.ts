import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface DelayLink extends AsyncDisposable {
  readonly port: number
  /** milliseconds that every byte takes each way, from now on */
  delayMs: number
  /** resets every connection */
  cut(): void
  /** keeps every connection open and silent, as a network does that drops everything, until `flow` or `cut` */
  stall(): void
  flow(): void
}

/** A way to a port of this machine on which every byte takes its time, as over a long line: latency without loss of rate. */
export async function openDelayLink(target: number, delayMs: number): Promise<DelayLink> {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true })
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => sockets.delete(socket))
    }
    pump(near, far)
    pump(far, near)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const link: DelayLink = {
    port: (server.address() as AddressInfo).port,
    delayMs,
    cut() {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    stall() {
      for (const socket of sockets) socket.pause()
    },
    flow() {
      for (const socket of sockets) socket.resume()
    },
    async [Symbol.asyncDispose]() {
      link.cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return link

  function pump(from: Socket, to: Socket): void {
    const later = (deliver: () => void) => (link.delayMs > 0 ? void setTimeout(deliver, link.delayMs) : deliver())
    // Timers of one length fire in the order in which they were set, so bytes stay in order.
    from.on('data', (chunk: Buffer) => later(() => void (to.destroyed || to.write(chunk))))
    from.on('end', () => later(() => to.end()))
    from.on('close', () => later(() => to.destroy()))
  }
}
