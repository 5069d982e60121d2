import type { Socket } from 'node:net'
import { Ec2Error } from '../errors.ts'
import { receiveGreeting, refuse, welcome } from '../wire/handshake.ts'
import type { Hello } from '../wire/protocol.ts'
import type { Host } from './host.ts'
import { Session } from './session.ts'

/** Takes a stream that somebody opened to the agent's socket, and gives it to whom its greeting names; it has so long to greet (ms). */
export async function accept(socket: Socket, host: Host, timeoutMs?: number): Promise<void> {
  const version = { node: process.version, agent: host.agent }
  const { hello, rest } = await receiveGreeting(socket, version, timeoutMs)
  const refusal = join(hello)
  if (refusal !== undefined) refuse(socket, refusal)

  /** Returns why not. */
  function join(role: Hello): string | undefined {
    switch (role.role) {
      case 'control': {
        let session = host.sessions.get(role.session)
        if (!session && role.resume) return 'it does not know this session: it was started anew in the meantime'
        if (!session) {
          session = new Session(role.session, host)
          host.sessions.set(role.session, session)
        }
        host.clocks.heard()
        welcome(socket, version)
        session.attach(socket, rest)
        return undefined
      }
      case 'worker':
      case 'mirror': {
        const session = host.sessions.get(role.session)
        if (!session) return 'it does not know this session'
        welcome(socket, version)
        const stream = role.role === 'mirror' ? session.mirror.stream : session.worker(role.worker).stream
        stream.attach(socket, rest)
        return undefined
      }
      case 'worker-process':
      case 'worker-output': {
        const { worker: id, secret } = role
        const worker = [...host.sessions.values()].map((session) => session.findWorker(id, secret)).find(Boolean)
        if (!worker) return `no worker \`${id}\` with this secret`
        if (role.role === 'worker-output') {
          worker.connectOutput(role.stream, socket, rest)
        } else {
          welcome(socket, version)
          worker.connectProcess(socket, rest)
        }
        return undefined
      }
      case 'worker-package': {
        const { worker: id, secret, name, from } = role
        const session = [...host.sessions.values()].find((one) => one.findWorker(id, secret))
        const view = session?.findWorker(id, secret)?.spec?.view
        if (!session || view === undefined) return `no worker \`${id}\` with this secret`
        void answerAfter(() => session.packages.miss(view, { name, from })).then((isDone) => isDone && socket.end())
        return undefined
      }
      case 'upload':
        void upload(role)
        return undefined
      default:
        return `unknown role \`${String((role satisfies never as Hello).role)}\``
    }
  }

  async function upload({ pack, size }: { pack: string; size: number }): Promise<void> {
    host.clocks.heard()
    const isDone = await answerAfter(() => host.store.receive({ hash: pack }, bytesOf(socket, rest, size)))
    // The next pack may come by the same way; a client that has no more hangs up.
    if (isDone) accept(socket, host, Number.POSITIVE_INFINITY).catch(() => {})
  }

  /** One welcome before the work, and another one, or a refusal, after it. Returns whether it was done. */
  async function answerAfter(work: () => Promise<void>): Promise<boolean> {
    try {
      welcome(socket, version)
      await work()
      welcome(socket, version)
      return true
    } catch (error) {
      refuse(socket, (error as Error).message, error instanceof Ec2Error ? error : {})
      return false
    }
  }
}

// As many bytes as were announced: the stream stays open for the answer.
async function* bytesOf(socket: Socket, rest: Buffer, size: number): AsyncIterable<Uint8Array> {
  let missing = size
  if (rest.length > 0) {
    missing -= rest.length
    yield rest
  }
  if (missing <= 0) return
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    missing -= chunk.length
    yield chunk
    if (missing <= 0) return
  }
}
