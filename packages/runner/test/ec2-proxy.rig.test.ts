import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createClients } from '../src/ec2/clients.ts'

test('asks AWS by the proxy that the environment names, and not where it names an exception', async () => {
  const asked: string[] = []
  const proxy = createServer((incoming, outgoing) => {
    const { url = '', method, headers } = incoming
    asked.push(url)
    const onward = request(url, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(onward)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const whoAmI = async (env: NodeJS.ProcessEnv) => {
    const sts = await createClients({ env: { ...process.env, ...env } }).sts()
    return (await sts.getCallerIdentity()).Account
  }
  expect(await whoAmI({ HTTP_PROXY })).toBe('123456789012')
  expect(asked).toEqual([`${process.env['AWS_ENDPOINT_URL']}/`])
  expect(await whoAmI({ HTTP_PROXY, NO_PROXY: '172.31.0.1' })).toBe('123456789012')
  expect(asked).toHaveLength(1)
  proxy.close()
  proxy.closeAllConnections()
})

test('says that the proxy does not answer', async () => {
  const sts = await createClients({ env: { ...process.env, HTTP_PROXY: 'http://127.0.0.1:9' } }).sts()
  await expect(sts.getCallerIdentity()).rejects.toMatchObject({ code: 'EC2_NETWORK' })
})
