import { once } from 'node:events'
import { buffer, text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { MessageChannel } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { PortStream } from './port-stream.ts'

function pair(): [PortStream, PortStream] {
  const { port1, port2 } = new MessageChannel()
  return [new PortStream(port1), new PortStream(port2)]
}

it('carries bytes both ways, each to its own end', async () => {
  const [a, b] = pair()
  const sent = Array.from({ length: 200 }, (_, index) => Buffer.alloc(1 + index * 50, index))
  for (const chunk of sent) a.write(chunk)
  a.end()
  // Its own way is open still when the other has ended, and stays so for what is read late.
  expect((await buffer(b)).equals(Buffer.concat(sent))).toBe(true)
  b.end('and back')
  await once(b, 'close')
  await sleep(20)
  expect(await text(a)).toBe('and back')
})

it('leaves what is written to whoever wrote it, and copies nothing that threads share', async () => {
  const [a, b] = pair()
  const own = Buffer.from('one two')
  const shared = Buffer.from(new SharedArrayBuffer(4))
  shared.write('four')
  a.write(own.subarray(0, 3))
  a.end(shared)
  expect(await text(b)).toBe('onefour')
  expect([own, shared].map(String)).toEqual(['one two', 'four'])
})

it('takes no more than is read', async () => {
  const [a, b] = pair()
  let taken = 0
  const writing = (async () => {
    for (; taken < 100; taken += 1)
      await new Promise<void>((resolve) => a.write(Buffer.alloc(64 << 10), () => resolve()))
    a.end()
  })()
  await sleep(100)
  expect(taken).toBeLessThan(5)
  expect((await buffer(b)).length).toBe(100 * (64 << 10))
  await writing
})

it.each([
  ['with a reason', new Error('the disk is gone'), 'the disk is gone'],
  ['without one', undefined, 'The other end is gone'],
])('fails at the other end when it is destroyed %s', async (_how, reason, message) => {
  const [a, b] = pair()
  a.on('error', () => {})
  a.write('begun')
  a.destroy(reason)
  await expect(text(b)).rejects.toThrow(message)
  expect(b.destroyed).toBe(true)
})

it('fails when the port is closed under it, also what is being written', async () => {
  const { port1, port2 } = new MessageChannel()
  const stream = new PortStream(port1)
  const writing = new Promise((resolve, reject) =>
    stream.write('never taken', (error) => (error ? reject(error) : resolve(0))),
  )
  stream.on('error', () => {})
  port2.close()
  await expect(writing).rejects.toThrow('The other end is gone')
})
