import { duplexPair } from 'node:stream'
import { expect, it } from 'vitest'
import { Ec2Error } from '../errors.ts'
import { createCaller, serveCalls, type Methods } from './calls.ts'
import { encode } from './codec.ts'
import { MessageStream } from './message-stream.ts'
import type { AgentEvent } from './protocol.ts'

function open(methods: Partial<Methods>) {
  const [client, agent] = [new MessageStream(), new MessageStream()]
  const events: AgentEvent[] = []
  const caller = createCaller(client, (event) => events.push(event))
  const tell = serveCalls(agent, methods as Methods)
  const [left, right] = duplexPair()
  client.attach(left)
  agent.attach(right)
  return { client, agent, caller, tell, events }
}

it('answers each call with its own result, in any order', async () => {
  const { caller } = open({
    missing: async (packs) => {
      await new Promise((resolve) => setTimeout(resolve, packs.length))
      return packs
    },
  })
  const lists = [30, 1, 15].map((length) => Array.from({ length }, (_, i) => String(i)))
  expect(await Promise.all(lists.map((list) => caller.call('missing', list)))).toEqual(lists)
})

it('carries code, message, fix and data of an error', async () => {
  const { caller } = open({
    closeView: () => {
      throw new Ec2Error('EC2_HOST', 'The disk is full', { fix: 'Buy another.', data: { path: 'a' } })
    },
    touch: () => {
      throw new TypeError('oops')
    },
  })
  await expect(caller.call('closeView', 'v')).rejects.toMatchObject({
    code: 'EC2_HOST',
    message: 'The disk is full',
    fix: 'Buy another.',
    data: { path: 'a' },
  })
  await expect(caller.call('touch', 0)).rejects.toMatchObject({ code: 'EC2_HOST', message: 'oops' })
})

it('tells events', async () => {
  const { agent, tell, events } = open({})
  tell({ event: 'spot-notice', at: 7 })
  await agent.flushed()
  expect(events).toEqual([{ event: 'spot-notice', at: 7 }])
})

it('fails pending calls with the close reason, and later ones too', async () => {
  const { client, caller } = open({ missing: () => new Promise(() => {}) })
  const pending = caller.call('missing', [])
  client.close({ by: 'them', error: new Error('the cable was cut') })
  await expect(pending).rejects.toMatchObject({
    code: 'EC2_HOST_LOST',
    message: expect.stringContaining('the cable was cut'),
  })
  await expect(caller.call('missing', [])).rejects.toMatchObject({ code: 'EC2_HOST_LOST' })
})

it.each([
  ['an answer nobody waits for', encode({ id: 99, result: 1 })],
  ['bytes that are no value', Buffer.from('nonsense')],
])('closes on %s', async (_name, payload) => {
  const { client, agent } = open({})
  agent.send(payload)
  await expect(client.closed).resolves.toMatchObject({ by: 'them', error: { code: 'EC2_PROTOCOL' } })
})

it('closes at the agent on a method it does not know', async () => {
  const { client, agent } = open({})
  client.send(encode({ id: 1, method: 'constructor', params: [] }))
  await expect(agent.closed).resolves.toMatchObject({ by: 'them', error: { code: 'EC2_PROTOCOL' } })
})
