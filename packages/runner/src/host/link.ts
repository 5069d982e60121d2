import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { Ec2Error } from '../errors.ts'
import { greet, greetAgain, type Version } from '../wire/handshake.ts'
import { closedError, type MessageStream } from '../wire/message-stream.ts'
import type { Role } from '../wire/protocol.ts'
import type { CloseReason, Connection } from './connection.ts'

/** How long a lost connection is dialled again before the host counts as lost. */
const RECONNECT_MS = 120_000
const RETRY_MS = 1000
const OPEN_TIMEOUT_MS = 20_000

/** A session that no agent knows, and refuses: a stream alone proves nothing, as a command joins it where forwarding is forbidden. */
const NOBODY: Role = { role: 'control', session: '', resume: true }

export interface LinkOptions {
  connection: Connection
  /** dials again when the connection is lost; without it a lost connection is a lost host */
  reconnect: (() => Promise<Connection>) | undefined
  /** the agent's socket on the host */
  socket: string
  /** a shell command line that joins its input and output to that socket */
  attach: string
  version: Version
  reconnectMs?: number
}

/** The streams of one session to the agent, over whatever connection there is now. */
export interface Link {
  readonly connection: Connection
  /** resolves, never rejects, when the agent cannot be reached any more, or `close` was called */
  readonly closed: Promise<CloseReason>
  /** attaches a stream, and again whenever it was cut, until it is closed */
  keep(stream: MessageStream, role: Role, options?: { bulk?: boolean }): Promise<void>
  /** opens a stream that does not survive its connection; `rest` was read already */
  open(role: Role, options?: { bulk?: boolean; apart?: boolean }): Promise<{ duplex: Duplex; rest: Buffer }>
  /** greets again on such a stream, for the next pack, and returns the answer after it */
  again(duplex: Duplex, role: Role): Promise<Buffer>
  /** the connection does not answer: let it go and dial again */
  drop(cause: Error): void
  /** we are leaving: what is cut from now on stays so */
  letGo(): void
  close(reason: CloseReason): void
}

interface Kept {
  stream: MessageStream
  role: Role
  bulk: boolean
}

export function createLink({
  reconnect,
  socket,
  attach,
  version,
  reconnectMs = RECONNECT_MS,
  ...options
}: LinkOptions): Link {
  const kept = new Set<Kept>()
  const { promise: closed, resolve: resolveClosed } = Promise.withResolvers<CloseReason>()
  let { connection } = options
  let reason: CloseReason | undefined
  let repairing: Promise<void> | undefined
  let repairAgain = false
  let isLetGo = false

  const link: Link = {
    get connection() {
      return connection
    },
    closed,
    async keep(stream, role, { bulk = false } = {}) {
      const entry: Kept = { stream, role, bulk }
      await reattach(entry)
      kept.add(entry)
      stream.onDetached((cause) => (isLetGo ? stream.close({ by: 'us' }) : repair(cause)))
      void stream.closed.then(() => kept.delete(entry))
      if (!stream.isAttached) repair(new Error('The stream was cut at once'))
    },
    async open(role, options) {
      if (reason) throw closedError(reason)
      const duplex = await connection.openSocket(socket, { ...options, attach })
      return { duplex, rest: await greet(duplex, version, role) }
    },
    again: (duplex, role) => greetAgain(duplex, version, role),
    drop(cause) {
      void connection.close()
      for (const { stream } of kept) stream.detach(cause)
      repair(cause)
    },
    letGo() {
      isLetGo = true
    },
    close(why) {
      if (reason) return
      reason = why
      for (const { stream } of kept) stream.close(why)
      kept.clear()
      resolveClosed(why)
    },
  }
  watch(connection)
  return link

  function watch(current: Connection): void {
    void current.closed.then((why) => {
      if (current === connection) repair(why.by === 'them' ? why.error : new Error('The connection was closed'))
    })
  }

  async function reattach({ stream, role, bulk }: Kept): Promise<void> {
    const { duplex, rest } = await withTimeout(link.open(role, { bulk }))
    stream.attach(duplex, rest)
  }

  /** One at a time: streams are cut together, and what is cut meanwhile is looked at again. */
  function repair(cause: Error): void {
    if (reason || isLetGo) return
    repairAgain = true
    repairing ??= (async () => {
      while (repairAgain && !reason) {
        repairAgain = false
        await repairAll(cause)
      }
    })().finally(() => (repairing = undefined))
  }

  async function repairAll(cause: Error): Promise<void> {
    const until = Date.now() + reconnectMs
    for (let attempt = 0; !reason; attempt += 1) {
      try {
        if (attempt > 0) await renew()
        for (const entry of kept) if (!entry.stream.isAttached) await reattach(entry)
        return
      } catch (error) {
        const isFinal = error instanceof Ec2Error && isForGood(error)
        const isOver = attempt > 0 && (!reconnect || Date.now() > until)
        if (isFinal || isOver || (await isAgentGone())) return lose(isFinal ? (error as Error) : cause)
        await sleep(attempt === 0 ? 0 : RETRY_MS)
      }
    }
  }

  /** A fresh connection, unless the present one still answers. */
  async function renew(): Promise<void> {
    if (!reconnect || (await answers(connection))) return
    const old = connection
    connection = await withTimeout(reconnect())
    void old.close()
    if (reason) void connection.close()
    else watch(connection)
  }

  /** The machine answers and its agent does not. */
  async function isAgentGone(): Promise<boolean> {
    if (!(await answers(connection))) return false
    try {
      await withTimeout(link.open(NOBODY))
      return false
    } catch (error) {
      if (error instanceof Ec2Error && error.code === 'EC2_PROTOCOL') return false // whoever refuses is there
      return await answers(connection)
    }
  }

  function lose(cause: Error): void {
    const error =
      cause instanceof Ec2Error && cause.code === 'EC2_HOST_LOST'
        ? cause
        : new Ec2Error('EC2_HOST_LOST', `The agent on ${connection.name} was lost: ${cause.message}`, { cause })
    link.close({ by: 'them', error })
  }
}

/** An agent that refuses is another one than before, an instance that has ended does not come back, and a run neither. */
function isForGood({ code, data }: Ec2Error): boolean {
  if (code === 'EC2_HOST_LOST') return data['instance'] !== undefined
  return code === 'EC2_PROTOCOL' || code === 'EC2_HOST_KEY' || code === 'EC2_ABORTED'
}

async function answers(connection: Connection): Promise<boolean> {
  try {
    await withTimeout(connection.exec('true'), 5000)
    return true
  } catch {
    return false
  }
}

async function withTimeout<T>(promise: Promise<T>, ms: number = OPEN_TIMEOUT_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Ec2Error('EC2_UNREACHABLE', `No answer within ${ms / 1000} s`)), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
