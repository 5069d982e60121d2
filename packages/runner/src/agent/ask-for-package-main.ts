import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { awaitWelcome, greet } from '../wire/handshake.ts'
import type { MissedPackage } from '../wire/protocol.ts'
import type { WorkerIdentity } from './ask-for-package.ts'

/** Run by {@link file://./ask-for-package.ts}, which waits for the end of it. */
const { identity, missed } = JSON.parse(await text(process.stdin)) as {
  identity: WorkerIdentity
  missed: MissedPackage
}
const { socket: path, agent, worker, secret } = identity
try {
  const socket = connect(path)
  await once(socket, 'connect')
  const rest = await greet(
    socket,
    { node: process.version, agent },
    { role: 'worker-package', worker, secret, ...missed },
  )
  await awaitWelcome(socket, rest, Number.POSITIVE_INFINITY)
  socket.destroy()
} catch (error) {
  process.stderr.write((error as Error).message)
  process.exitCode = 1
}
