import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { expect, test } from 'vitest'
import { inodesOf, listListeningSockets } from './listening-sockets.ts'

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['0.0.0.0', '127.0.0.1'],
  ['::', '127.0.0.1'],
  ['::ffff:127.0.0.1', '127.0.0.1'],
  ['::1', '::1'],
] as const)('a server at %s is found at %s, as a socket of its process', async (address, host) => {
  const server = await listen(address)
  const { port } = server.address() as AddressInfo
  const socket = (await listListeningSockets()).find((one) => one.port === port)
  expect(socket).toMatchObject({ port, host })
  expect(await inodesOf([process.pid])).toContain(socket!.inode)
  expect(await inodesOf([process.ppid])).not.toContain(socket!.inode)
  server.close()
  await once(server, 'close')
  expect((await listListeningSockets()).filter(({ inode }) => inode === socket!.inode)).toEqual([])
})

test('a server that loopback does not lead to is not found', async () => {
  const server = await listen('127.0.0.2')
  const { port } = server.address() as AddressInfo
  expect((await listListeningSockets()).filter((one) => one.port === port)).toEqual([])
  server.close()
})

async function listen(address: string): Promise<Server> {
  const server = createServer().listen(0, address)
  await once(server, 'listening')
  return server
}
