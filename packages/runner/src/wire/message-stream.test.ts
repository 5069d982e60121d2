import { createHash } from 'node:crypto'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { duplexPair, type Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { toFrame } from './frames.ts'
import { MessageStream } from './message-stream.ts'

/** A TCP connection on this machine, which can be cut with an RST at either end. */
async function socketPair(): Promise<[Socket, Socket]> {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const pair: [Socket, Socket] = [socket, await accepted]
  server.close()
  return pair
}

function collect(stream: MessageStream): string[] {
  const messages: string[] = []
  stream.onMessage((payload) => messages.push(payload.toString()))
  return messages
}

it('carries messages both ways, in order', async () => {
  const [a, b] = [new MessageStream(), new MessageStream()]
  const [toA, toB] = [collect(a), collect(b)]
  const [left, right] = await socketPair()
  a.send(Buffer.from('early'))
  a.attach(left)
  b.attach(right)
  a.send(Buffer.from('late'))
  b.send(Buffer.from('back'))
  await Promise.all([a.flushed(), b.flushed()])
  expect(toB).toEqual(['early', 'late'])
  expect(toA).toEqual(['back'])
})

it('tells the end after the last message', async () => {
  const [a, b] = [new MessageStream(), new MessageStream()]
  const messages = collect(b)
  const ended = new Promise<void>((resolve) => b.onEnd(resolve))
  const [left, right] = await socketPair()
  a.attach(left)
  b.attach(right)
  for (let i = 0; i < 1000; i += 1) a.send(Buffer.from(String(i)))
  a.end()
  await ended
  expect(messages).toHaveLength(1000)
})

it('loses, doubles and reorders nothing over a hundred cuts', { timeout: 60_000 }, async () => {
  const COUNT = 4000
  const [a, b] = [new MessageStream({ highWaterMark: 1 << 20 }), new MessageStream({ highWaterMark: 1 << 20 })]
  const seed = (from: string, i: number) => createHash('md5').update(`${from} ${i}`).digest()
  const message = (from: string, i: number) => {
    const random = seed(from, i)
    const size = (random[0] ?? 0) < 250 ? 20 + (random.readUInt16BE(1) % 2000) : random.readUInt32BE(2) % 300_000
    return Buffer.concat([random, Buffer.alloc(size, random[5])])
  }
  const received = { a: 0, b: 0 }
  const wrong: string[] = []
  a.onMessage((payload) => void (payload.equals(message('b', received.a++)) || wrong.push(`a ${received.a}`)))
  b.onMessage((payload) => void (payload.equals(message('a', received.b++)) || wrong.push(`b ${received.b}`)))
  const produce = async (stream: MessageStream, name: string) => {
    for (let i = 0; i < COUNT; i += 1) {
      if (!stream.send(message(name, i))) await stream.drained()
      if (i % 20 === 0) await sleep(1)
    }
  }
  let isDone = false
  const cut = async () => {
    for (let cuts = 0; cuts < 100 || !isDone; cuts += 1) {
      const [left, right] = await socketPair()
      a.attach(left)
      b.attach(right)
      await sleep(Math.random() * 20)
      if (isDone && cuts >= 100) return
      // Sometimes only one end hears of it, and the other is replaced while it still believes in its wire.
      const victim = [left, right][cuts % 3]
      victim?.resetAndDestroy()
    }
  }
  const cutting = cut()
  await Promise.all([produce(a, 'a'), produce(b, 'b')])
  await Promise.all([a.flushed(), b.flushed()])
  isDone = true
  await cutting
  expect(wrong).toEqual([])
  expect(received).toEqual({ a: COUNT, b: COUNT })
})

it('holds the producer when the other end does not read', async () => {
  const [a, b] = [new MessageStream({ highWaterMark: 1 << 20 }), new MessageStream()]
  const messages = collect(b)
  const [left, right] = await socketPair()
  b.pause()
  a.attach(left)
  b.attach(right)
  let sent = 0
  while (a.send(Buffer.alloc(100_000))) sent += 1
  expect(sent).toBeLessThan(12)
  let isDrained = false
  void a.drained().then(() => (isDrained = true))
  await sleep(50)
  expect(isDrained).toBe(false)
  expect(messages).toHaveLength(0)
  b.resume()
  await a.drained()
  await a.flushed()
  expect(messages).toHaveLength(sent + 1)
})

it.each([
  ['a frame without a number', toFrame(Buffer.from([1]))],
  ['an unknown kind', toFrame(Buffer.from([9, 0, 0, 0, 0, 0, 0]))],
  ['a gap in the numbers', toFrame(Buffer.from([1, 0, 0, 0, 0, 0, 7]))],
  ['an acknowledgement of what was never sent', toFrame(Buffer.from([3, 0, 0, 0, 0, 0, 7]))],
  ['a greeting that acknowledges what was never sent', toFrame(Buffer.from([0, 0, 0, 0, 0, 0, 7]))],
  ['a length beyond all bounds', [Buffer.from([255, 255, 255, 255])]],
])('closes with EC2_PROTOCOL on %s', async (_name, pieces) => {
  const stream = new MessageStream()
  const [left, right] = duplexPair()
  stream.attach(left)
  for (const piece of pieces) right.write(piece)
  const reason = await stream.closed
  expect(reason).toMatchObject({ by: 'them', error: { code: 'EC2_PROTOCOL' } })
})

it('survives random bytes', async () => {
  for (let i = 0; i < 50; i += 1) {
    const stream = new MessageStream()
    const [left, right]: [Duplex, Duplex] = duplexPair()
    stream.attach(left)
    right.on('error', () => {})
    right.end(createHash('sha512').update(String(i)).digest())
    stream.onDetached((error) => stream.close({ by: 'them', error }))
    const reason = await stream.closed
    expect(reason.by).toBe('them')
  }
})

it('fails later messages with the first reason, and frees those who wait', async () => {
  const stream = new MessageStream({ highWaterMark: 10 })
  stream.send(Buffer.alloc(20))
  const waiting = stream.drained()
  stream.close({ by: 'them', error: new Error('the host burned down') })
  stream.close({ by: 'us' })
  await waiting
  expect(() => stream.send(Buffer.alloc(1))).toThrow(
    expect.objectContaining({ code: 'EC2_HOST_LOST', message: expect.stringContaining('the host burned down') }),
  )
  await expect(stream.closed).resolves.toMatchObject({ by: 'them' })
})

it('tells that its duplex is gone, and goes on over the next', async () => {
  const [a, b] = [new MessageStream(), new MessageStream()]
  onTestFinished(() => [a, b].forEach((stream) => stream.close({ by: 'us' })))
  const messages = collect(b)
  const detached = new Promise<Error>((resolve) => a.onDetached(resolve))
  const [left, right] = await socketPair()
  a.attach(left)
  b.attach(right)
  a.send(Buffer.from('1'))
  await a.flushed()
  right.resetAndDestroy()
  expect(await detached).toBeInstanceOf(Error)
  a.send(Buffer.from('2'))
  const [left2, right2] = await socketPair()
  a.attach(left2)
  b.attach(right2)
  await a.flushed()
  expect(messages).toEqual(['1', '2'])
})
