import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { expect, it, onTestFinished, vi } from 'vitest'
import { callWebhook } from '../mail/webhook.ts'
import type { RunRecord } from '../run/record.ts'
import { s3Settings } from './aws-settings.ts'

/** The only way out: nobody else knows these names. Returns what it was asked for. */
async function openProxy(): Promise<string[]> {
  const asked: string[] = []
  const proxy = createServer((request, response) => {
    asked.push(`${request.method} ${request.headers.host}`)
    response.end('<ListBucketResult/>')
  })
  // A tunnel leads to this very server.
  proxy.on('connect', (_request, socket) => {
    socket.write('HTTP/1.1 200 Connected\r\n\r\n')
    proxy.emit('connection', socket)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  onTestFinished(() => {
    proxy.close()
    proxy.closeAllConnections()
  })
  vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`)
  onTestFinished(() => void vi.unstubAllEnvs())
  return asked
}

it('all that a run is told to goes by the proxy that the environment names', async () => {
  const asked = await openProxy()
  vi.stubEnv('AWS_ENDPOINT_URL_S3', 'http://s3.invalid')
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  const s3 = new S3Client({ ...s3Settings(), region: 'us-east-1', credentials })
  await s3.send(new ListObjectsV2Command({ Bucket: 'reports' }))
  const record: RunRecord = { version: 1, run: 'r', status: 'passed', startedAt: 0, command: '', notebooks: [] }
  await callWebhook('http://chat.invalid/hook', record)
  expect(asked).toEqual(['GET s3.invalid', 'POST chat.invalid'])
})
