import { Ec2Error } from '../errors.ts'
import { decode, encode } from './codec.ts'
import { describeFailure, reviveFailure } from './failure.ts'
import { closedError, type MessageStream } from './message-stream.ts'
import type { AgentEvent, AgentMethods, Answer, Call } from './protocol.ts'

/** The client's end of the control stream. */
export interface Caller {
  /** @throws Ec2Error what the agent answered, or why the stream closed before it did */
  call<M extends keyof AgentMethods>(
    method: M,
    ...params: Parameters<AgentMethods[M]>
  ): Promise<ReturnType<AgentMethods[M]>>
}

/** Calls over a stream that is not attached yet; what is no answer goes to `onEvent`. */
export function createCaller(stream: MessageStream, onEvent: (event: AgentEvent) => void): Caller {
  const pending = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>()
  let lastId = 0
  stream.onMessage((payload) => {
    const message = decode(payload) as Answer | AgentEvent
    if ('event' in message) return onEvent(message)
    const call = pending.get(message.id)
    if (!call) throw new Ec2Error('EC2_PROTOCOL', `The agent answered call ${message.id}, which is not open`)
    pending.delete(message.id)
    if ('error' in message) call.reject(reviveFailure(message.error))
    else call.resolve(message.result)
  })
  void stream.closed.then((reason) => {
    for (const { reject } of pending.values()) reject(closedError(reason))
    pending.clear()
  })
  return {
    async call(method, ...params) {
      lastId += 1
      const id = lastId
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      stream.send(encode({ id, method, params }))
      pending.set(id, { resolve, reject })
      return (await promise) as never
    },
  }
}

/** What answers the calls: every method, and it may take its time. */
export type Methods = {
  [M in keyof AgentMethods]: (
    ...params: Parameters<AgentMethods[M]>
  ) => ReturnType<AgentMethods[M]> | Promise<ReturnType<AgentMethods[M]>>
}

/** The agent's end: answers calls, in any order, and returns the way to tell events. */
export function serveCalls(stream: MessageStream, methods: Methods): (event: AgentEvent) => boolean {
  const send = (message: Answer | AgentEvent) => stream.send(encode(message))
  stream.onMessage((payload) => {
    const call = decode(payload) as Call
    if (!Object.hasOwn(methods, call.method)) {
      throw new Ec2Error('EC2_PROTOCOL', `The client called \`${String(call.method)}\`, which this agent does not know`)
    }
    const method = methods[call.method] as (...params: unknown[]) => unknown
    void answer(call.id, async () => method(...call.params))
  })
  return send

  async function answer(id: number, run: () => Promise<unknown>): Promise<void> {
    let message: Answer
    try {
      message = { id, result: await run() }
    } catch (error) {
      message = { id, error: describeFailure(error) }
    }
    try {
      send(message)
    } catch {
      // closed in the meantime: nobody waits for this answer
    }
  }
}
