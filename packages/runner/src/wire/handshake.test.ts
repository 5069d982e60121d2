import { once } from 'node:events'
import { duplexPair } from 'node:stream'
import { expect, it } from 'vitest'
import { toFrame } from './frames.ts'
import { awaitWelcome, greet, receiveGreeting, welcome } from './handshake.ts'
import { PROTOCOL_VERSION } from './protocol.ts'

const version = { node: 'v24.1.0', agent: 'abc' }
const role = { role: 'mirror', session: 's' } as const

it('tells the agent who comes, and gives both what was sent right behind', async () => {
  const [client, agent] = duplexPair()
  const greeting = greet(client, version, role)
  const received = await receiveGreeting(agent, version)
  expect(received.hello).toEqual({ protocol: PROTOCOL_VERSION, ...version, ...role })
  welcome(agent, version)
  for (const text of ['one', 'two']) for (const piece of toFrame(Buffer.from(text))) agent.write(piece)
  const rest = await greeting
  // What was not read yet is still in the stream.
  const chunks = [rest]
  client.on('data', (chunk: Buffer) => chunks.push(chunk)).resume()
  agent.end()
  await once(client, 'end')
  expect(Buffer.concat(chunks)).toEqual(Buffer.concat([...toFrame(Buffer.from('one')), ...toFrame(Buffer.from('two'))]))
})

it.each([
  ['Node', { ...version, node: 'v22.18.0' }, 'the client runs Node v22.18.0, this agent v24.1.0'],
  ['agent', { ...version, agent: 'def' }, 'the client brings agent def, this one is abc'],
])('refuses another version of %s and names both', async (_what, theirs, message) => {
  const [client, agent] = duplexPair()
  const greeting = greet(client, theirs, role)
  await expect(receiveGreeting(agent, version)).rejects.toMatchObject({ code: 'EC2_PROTOCOL', message })
  await expect(greeting).rejects.toMatchObject({
    code: 'EC2_PROTOCOL',
    message: `The agent on the host refused: ${message}`,
  })
})

it.each([
  ['no JSON', toFrame(Buffer.from('\u0000\u0001'))],
  ['JSON that is no object', toFrame(Buffer.from('42'))],
  ['a greeting of megabytes', [Buffer.from([0, 100, 0, 0])]],
])('fails on %s', async (_name, pieces) => {
  const [client, agent] = duplexPair()
  const answer = awaitWelcome(client)
  for (const piece of pieces) agent.write(piece)
  await expect(answer).rejects.toMatchObject({ code: 'EC2_PROTOCOL' })
})

it('fails when the other end hangs up, or says nothing', async () => {
  const [client, agent] = duplexPair()
  const answer = awaitWelcome(client)
  agent.end()
  await expect(answer).rejects.toMatchObject({ code: 'EC2_UNREACHABLE' })
  const [other] = duplexPair()
  await expect(awaitWelcome(other, undefined, 20)).rejects.toMatchObject({ code: 'EC2_UNREACHABLE' })
})
