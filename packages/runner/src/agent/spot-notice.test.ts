import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { watchSpotNotice } from './spot-notice.ts'

/** Instance metadata that only knows IMDSv2; the notice appears with the third question. */
async function serveMetadata({ expireAfter = Infinity } = {}) {
  const asked: string[] = []
  let token = 0
  const server = createServer((request: IncomingMessage, response) => {
    asked.push(`${request.method} ${request.url}`)
    if (request.method === 'PUT') {
      token += 1
      return void response.end(`token${token}`)
    }
    const questions = asked.filter((line) => line.startsWith('GET')).length
    if (questions === expireAfter) token += 1
    if (request.headers['x-aws-ec2-metadata-token'] !== `token${token}`) return void response.writeHead(401).end()
    if (questions < 3) return void response.writeHead(404).end()
    response.end(JSON.stringify({ action: 'terminate', time: '2026-03-01T12:00:00Z' }))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { asked, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

it('tells the notice once, with its time', async () => {
  const { asked, endpoint } = await serveMetadata()
  const notices: Date[] = []
  const watch = watchSpotNotice((at) => notices.push(at), { endpoint, everyMs: 10 })
  await expect.poll(() => notices).toEqual([new Date('2026-03-01T12:00:00Z')])
  watch.stop()
  expect(asked.filter((line) => line.startsWith('PUT'))).toHaveLength(1)
})

it('asks for a new token when the old one has expired', async () => {
  const { endpoint } = await serveMetadata({ expireAfter: 2 })
  const notices: Date[] = []
  const watch = watchSpotNotice((at) => notices.push(at), { endpoint, everyMs: 10 })
  await expect.poll(() => notices).toHaveLength(1)
  watch.stop()
})

it('gives up where there is no such service', async () => {
  let attempts = 0
  const server = createServer((_request, response) => {
    attempts += 1
    response.writeHead(500).end()
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  watchSpotNotice(() => expect.unreachable(), { endpoint, everyMs: 5 })
  await expect.poll(() => attempts).toBe(3)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(attempts).toBe(3)
})
