import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { reasonToLeaveOut } from './development-mirror.ts'
import { fetchFile } from './fetch-file.ts'
import { readSafetensors, toFloats } from './formats/safetensors.ts'
import { layersFrom } from './layer-list.ts'
import { loadNetwork, networkNames } from './registry.ts'
import { summarize } from './summary.ts'

const content = Buffer.from('the weights')
const sha256 = createHash('sha256').update(content).digest('hex')
const file = { name: 'net.bin', path: '/net.bin', sha256 }
/** Nobody listens there. */
const OFFLINE = 'http://127.0.0.1:9'

describe('the files of a network', () => {
  test('are downloaded once, then read from the cache', async () => {
    const cache = await folder()
    const url = await serve(content)
    expect(Buffer.from(await fetchFile({ name: 'net', url }, file, { cache, mirror: '' }))).toEqual(content)
    expect(Buffer.from(await fetchFile({ name: 'net', url: OFFLINE }, file, { cache, mirror: '' }))).toEqual(content)
  })

  test('come from a mirror, a folder or a URL, before the net is asked', async () => {
    const mirror = await folder()
    await writeFile(join(mirror, 'net.bin'), content)
    for (const place of [mirror, await serve(content)]) {
      const bytes = await fetchFile({ name: 'net', url: OFFLINE }, file, { cache: await folder(), mirror: place })
      expect(Buffer.from(bytes)).toEqual(content)
    }
  })

  test('with another hash than the pinned one are refused, and not kept', async () => {
    const cache = await folder()
    const url = await serve(Buffer.from('something else'))
    const fetching = fetchFile({ name: 'net', url }, file, { cache, mirror: '' })
    await expect(fetching).rejects.toThrow(`to have the SHA-256 ${sha256}, got `)
    await expect(readFile(join(cache, 'net.bin'))).rejects.toThrow('ENOENT')
  })

  test('that were damaged in the cache are downloaded again', async () => {
    const cache = await folder()
    await writeFile(join(cache, 'net.bin'), 'the w')
    const bytes = await fetchFile({ name: 'net', url: await serve(content) }, file, { cache, mirror: '' })
    expect(Buffer.from(bytes)).toEqual(content)
    expect(await readFile(join(cache, 'net.bin'))).toEqual(content)
  })

  test('that cannot be had are a sentence with every place that was tried and a way out', async () => {
    const cache = await folder()
    const fetching = fetchFile({ name: 'net', url: OFFLINE }, file, { cache, mirror: '/no/such/folder' })
    await expect(fetching).rejects.toThrow(
      /Cannot get net\.bin for the network net[^]*no\/such\/folder[^]*127\.0\.0\.1:9[^]*'default'/,
    )
  })
})

test('a network that does not exist is refused with the names of those that do', async () => {
  await expect(loadNetwork('resnet')).rejects.toThrow(
    `There is no network 'resnet'. The networks: ${networkNames.join(', ')}`,
  )
})

test('the default network ships with the project, in at most 2 MB', async () => {
  const network = await loadNetwork('default', { mirror: '', cache: '/nowhere' })
  const { length } = await readFile(new URL('../../networks/default.safetensors', import.meta.url))
  expect(length).toBeLessThan(2e6)
  const names = network.layers.map(({ name }) => name)
  for (const layer of Object.values(network.taste).flat()) expect(['input', ...names]).toContain(layer)
  expect(summarize(network)).toContain('| conv3_2 | 3 × 3 convolution | 128 |')
})

test.for(networkNames.filter((name) => name !== 'default'))(
  'the network %s is read from its published files',
  async (name, { skip }) => {
    const missing = reasonToLeaveOut(name)
    if (missing) skip(missing)
    const network = await loadNetwork(name)
    const names = network.layers.map((layer) => layer.name)
    for (const layer of Object.values(network.taste).flat()) expect(names).toContain(layer)
  },
)

describe('safetensors', () => {
  const header = JSON.stringify({
    __metadata__: { format: 'pt' },
    a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
    b: { dtype: 'I8', shape: [3], data_offsets: [8, 11] },
    c: { dtype: 'BF16', shape: [1], data_offsets: [11, 13] },
  })
  const start = Buffer.alloc(8)
  start.writeBigUInt64LE(BigInt(header.length))
  const values = Buffer.concat([Buffer.from(Float32Array.of(1.5, -2).buffer), Buffer.from([1, 255, 127, 0, 0])])
  const bytes = Buffer.concat([start, Buffer.from(header), values])

  test('are read as floats, whatever stands before them in the file', () => {
    const tensors = readSafetensors(bytes)
    expect([...tensors.keys()]).toEqual(['a', 'b', 'c'])
    expect(toFloats(tensors.get('a')!)).toEqual(Float32Array.of(1.5, -2))
    expect(toFloats(tensors.get('b')!)).toEqual(Float32Array.of(1, -1, 127))
  })

  test('of other types are refused by name', () => {
    expect(() => toFloats(readSafetensors(bytes).get('c')!)).toThrow('type BF16')
  })

  test('that end too early are refused', () => {
    expect(() => readSafetensors(bytes.subarray(0, -4))).toThrow('ends before its tensor')
  })
})

test('layers are named by a list, or by nothing for the taste of the network', () => {
  expect(layersFrom(' conv1_1, conv2_1 ', ['conv9'])).toEqual(['conv1_1', 'conv2_1'])
  expect(layersFrom('', ['conv9'])).toEqual(['conv9'])
})

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'networks-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

async function serve(body: Buffer): Promise<string> {
  const server = createServer((_, response) => response.end(body))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
