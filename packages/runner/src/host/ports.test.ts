import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { createPorts, type Claimant } from './ports.ts'

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function answering(host: string): Claimant {
  return { host, join: (socket) => socket.end(host) }
}

async function open(port: number): Promise<Socket> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    if (isThere) return socket
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
const ask = async (port: number) => await text(await open(port))

it('gives a port to the next host when the first is gone, and says so once', async () => {
  const sentences: string[] = []
  const ports = createPorts((sentence) => sentences.push(sentence))
  const port = await findFreePort()
  const releases = ['a', 'b', 'c'].map((host) => ports.claim(port, answering(host)))
  expect(await ask(port)).toBe('a')
  releases[1]?.()
  expect(await ask(port)).toBe('a')
  releases[0]?.()
  expect(await ask(port)).toBe('c')
  expect(sentences).toEqual([`Port ${port} here leads to a; b listens on it too, and has it when that one is gone`])
  releases[2]?.()
  releases[2]?.()
  const again = ports.claim(port, answering('d'))
  expect(await ask(port)).toBe('d')
  again()
})

it('cuts the connections of the one that is gone, and leaves those of others', async () => {
  const ports = createPorts(() => {})
  const [port, other] = [await findFreePort(), await findFreePort()]
  const releases = [ports.claim(port, { host: 'a', join: () => {} }), ports.claim(other, { host: 'a', join: () => {} })]
  const [cut, kept] = [await open(port), await open(other)]
  releases[0]?.()
  await once(cut, 'close')
  expect(kept.destroyed).toBe(false)
  kept.destroy()
  releases[1]?.()
})

it('says once that a port is taken here, and tries again when it is claimed anew', async () => {
  const sentences: string[] = []
  const ports = createPorts((sentence) => sentences.push(sentence))
  const taken = createServer((socket) => socket.end('local')).listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  for (let i = 0; i < 2; i += 1) {
    const release = ports.claim(port, answering('a'))
    expect(await ask(port)).toBe('local')
    release()
  }
  expect(sentences).toEqual([
    `Port ${port} of a is not forwarded: it is in use here. Let the worker listen on another one to reach it`,
  ])
  taken.close()
  await once(taken, 'close')
  const release = ports.claim(port, answering('a'))
  expect(await ask(port)).toBe('a')
  release()
})
