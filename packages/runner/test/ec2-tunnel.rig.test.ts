import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createClients } from '../src/ec2/clients.ts'
import { requireConnectEndpoint } from '../src/ec2/connect-endpoint.ts'
import { findOwner } from '../src/ec2/owner.ts'
import { leastPolicy } from '../src/ec2/policy.ts'
import { createRunningProvider } from '../src/ec2/running-provider.ts'
import { openTunnel } from '../src/ec2/tunnel.ts'
import { resolveOptions } from '../src/options-resolve.ts'
import { connectSsh } from '../src/ssh/connect-ssh.ts'
import { alive, aws, createClient, demand, launch, rig } from './support/ec2-rig.ts'
import { makePrivateNetwork } from './support/private-network.ts'

const options = { signal: new AbortController().signal, onPhase: () => {} }
const before = { ...process.env }

beforeEach(() => rig.reset())
afterEach(() => {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'HTTPS_PROXY', 'NO_PROXY']) {
    if (before[name] === undefined) delete process.env[name]
    else process.env[name] = before[name]
  }
})

test('leads to the SSH server with the least policy, past nobody else, and by name', async () => {
  const { vpc } = await makePrivateNetwork()
  const user = await rig.user(leastPolicy())
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: user.accessKeyId, AWS_SECRET_ACCESS_KEY: user.secretAccessKey })
  await using client = createClient()
  const network = { vpc, connect: 'endpoint' } as const
  const host = await launch(client.open({ network }))
  const connection = await host.connect(options)
  expect((await connection.exec('hostname')).stdout).toMatch(/^ip-172-31-1/)
  expect(client.notices).toEqual([])
  const [instance] = await alive()
  expect(await greeting(connect({ host: instance!.PrivateIpAddress!, port: 22, timeout: 1000 }))).toBe('')

  const running = createRunningProvider({
    clients: createClients({}),
    owner: findOwner(client.stateDir),
    settings: resolveOptions({ network }),
    stateDir: client.stateDir,
    notice: () => {},
    instanceId: host.id,
    connect: connectSsh,
  })
  const same = await running.launch(demand(), { run: '', attempt: 1, ...options })
  const other = await same.connect(options)
  expect((await other.exec('hostname')).stdout).toBe((await connection.exec('hostname')).stdout)
  await other.close()
})

test('is refused without the permission, with wrong keys and for an endpoint that is gone, each in its own words', async () => {
  const { vpc, endpoint } = await makePrivateNetwork()
  const found = await requireConnectEndpoint(createClients({}), vpc)
  const open = async () => await openTunnel(createClients({}), found, '172.31.128.9')
  const { accessKeyId, secretAccessKey } = await rig.user(leastPolicy({ minimal: true }))
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey })
  await expect(open()).rejects.toMatchObject({
    code: 'EC2_DENIED',
    message: expect.stringContaining(`${endpoint} opens no tunnel (403)`),
    fix: expect.stringContaining('ec2-instance-connect:OpenTunnel'),
  })
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: before['AWS_ACCESS_KEY_ID'], AWS_SECRET_ACCESS_KEY: 'wrong' })
  await expect(open()).rejects.toMatchObject({ code: 'EC2_DENIED', message: expect.stringContaining('signature') })
  await rig.set({ expired: [before['AWS_ACCESS_KEY_ID']] })
  await expect(open()).rejects.toMatchObject({ code: 'EC2_CREDENTIALS' })
  await rig.set({ expired: [] })
  process.env['AWS_SECRET_ACCESS_KEY'] = before['AWS_SECRET_ACCESS_KEY']
  await aws.deleteInstanceConnectEndpoint({ InstanceConnectEndpointId: endpoint })
  await expect(open()).rejects.toMatchObject({ code: 'EC2_NETWORK', data: { endpoint, status: 400 } })
  await rig.fault({ call: 'ec2-instance-connect:OpenTunnel', status: 503 })
  await expect(open()).rejects.toMatchObject({ code: 'EC2_UNREACHABLE' })
  await expect(openTunnel(createClients({}), { ...found, dnsName: 'no.such.invalid' }, '')).rejects.toMatchObject({
    code: 'EC2_UNREACHABLE',
  })
})

test('tells by its end that nothing answers behind it', async () => {
  const { vpc } = await makePrivateNetwork()
  const clients = createClients({})
  const stream = await openTunnel(clients, await requireConnectEndpoint(clients, vpc), '172.31.128.9')
  const [error] = (await once(stream, 'error')) as [Error]
  expect(error.message).toBe('The tunnel was closed: Unable to connect to target')
})

test('goes by the proxy that the environment names, and not where it names an exception', async () => {
  const { vpc } = await makePrivateNetwork()
  await using client = createClient()
  const host = await launch(client.open({ network: { vpc, connect: 'endpoint' } }))
  await (await host.connect(options)).close()
  const asked: string[] = []
  const proxy = createServer().on('connect', ({ url = '' }, near: Duplex) => {
    asked.push(url)
    const [name = '', port] = url.split(':')
    const far = connect({ host: name, port: Number(port) }, () => {
      near.write('HTTP/1.1 200 Connected\r\n\r\n')
      near.pipe(far).pipe(near)
    })
    for (const end of [near, far]) end.on('error', () => {})
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const clients = createClients({})
  const endpoint = await requireConnectEndpoint(clients, vpc)
  const [instance] = await alive()
  const open = async () => await openTunnel(clients, endpoint, instance!.PrivateIpAddress!)
  process.env['HTTPS_PROXY'] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  expect(await greeting(await open())).toMatch(/^SSH-2/)
  expect(asked).toEqual([`${endpoint.dnsName}:443`])
  process.env['NO_PROXY'] = endpoint.dnsName
  expect(await greeting(await open())).toMatch(/^SSH-2/)
  expect(asked).toHaveLength(1)
  proxy.close()
})

/** What comes first, or nothing where nobody answers. */
async function greeting(stream: Duplex): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  stream.once('data', (data: Buffer) => resolve(data.toString('latin1')))
  for (const end of ['error', 'close', 'timeout']) stream.once(end, () => resolve(''))
  const first = await promise
  stream.destroy()
  return first
}
