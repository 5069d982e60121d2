import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { NetworkError } from './errors.ts'
import { fetchFile } from './fetch-file.ts'
import { fetchTensors } from './fetch-tensors.ts'
import { chance } from './fixtures/chance.ts'
import { serveFile } from './fixtures/file-server.ts'
import { toFloats } from './formats/safetensors.ts'
import { loadNetwork } from './registry.ts'
import { vgg16, vgg19 } from './vgg.ts'

const NAMES = ['features.0.bias', 'features.0.weight', 'features.2.bias', 'features.2.weight']
const values = Object.fromEntries(NAMES.map((name, seed) => [name, chance(seed, 500)]))
/** A file of these tensors and of a large one that nobody needs. */
const safetensors = toSafetensors({ ...values, 'head.fc.weight': chance(9, 100_000) })
const OFFLINE = 'http://127.0.0.1:9/file'

describe('a file', () => {
  const content = Buffer.from(chance(5, 100_000).buffer)
  const file = { name: 'net.bin', path: '', sha256: createHash('sha256').update(content).digest('hex') }

  test.for([true, false])('that is cut in the middle goes on where it ended, ranges: %s', async (ranges) => {
    const cache = await folder()
    const cut = { after: 90_000, arrived: () => untilDraft(cache, 90_000) }
    await using server = await serveFile(content, { ranges, cut })
    const bytes = await fetchFile({ name: 'net', url: server.url }, file, { cache, mirror: '' })
    expect(content.equals(bytes)).toBe(true)
    expect(server.asked).toEqual(['whole', 'bytes=90000-'])
    expect(await readdir(cache)).toEqual(['net.bin'])
  })

  test('goes on in a later process where one was killed', async () => {
    const cache = await folder()
    await using slow = await serveFile(content, { stall: 150_000 })
    const child = spawnFetch(cache, slow.url, file)
    await untilDraft(cache, 150_000)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await using server = await serveFile(content)
    const bytes = await fetchFile({ name: 'net', url: server.url }, file, { cache, mirror: '' })
    expect(content.equals(bytes)).toBe(true)
    expect(server.asked).toEqual(['bytes=150000-'])
    expect(server.sent).toBeLessThan(content.length)
    expect(await readdir(cache)).toEqual(['net.bin'])
  })

  test('is whole for each of several processes that want it at once', async () => {
    const cache = await folder()
    await using server = await serveFile(content)
    const runs = await Promise.all([1, 2, 3].map(() => once(spawnFetch(cache, server.url, file), 'exit')))
    expect(runs.map(([code]) => code as number)).toEqual([0, 0, 0])
    expect(content.equals(await readFile(join(cache, 'net.bin')))).toBe(true)
    expect(await readdir(cache)).toEqual(['net.bin'])
  })

  test('that the server refuses is not asked for again and again', async () => {
    await using server = await serveFile(Buffer.alloc(0), { status: 404 })
    const fetching = fetchFile({ name: 'net', url: server.url }, file, { cache: await folder(), mirror: '' })
    await expect(fetching).rejects.toThrow(`${server.url}: 404 Not Found`)
    expect(server.asked).toHaveLength(1)
  })

  test('for which the disk has no room is a sentence that says so', async () => {
    const cache = await folder()
    await using server = await serveFile(content)
    // A limit on the size of files is what a process can have of a full disk.
    const run = promisify(execFile)('bash', [
      '-c',
      'ulimit -f 100; trap "" XFSZ; exec "$@"',
      '-',
      ...fetchArguments(cache, server.url, file),
    ])
    await expect(run).rejects.toThrow(/Cannot get net\.bin for the network net[^]*EFBIG/)
  })
})

describe('the tensors of a file', () => {
  const entry = { name: 'net', file: 'net.safetensors', url: OFFLINE }

  test('are all that is fetched of it, those side by side at once, and later come from the cache', async () => {
    const cache = await folder()
    await using server = await serveFile(safetensors)
    const tensors = await fetchTensors({ ...entry, url: server.url }, NAMES, { cache, mirror: '' })
    for (const name of NAMES) expect(toFloats(tensors.get(name)!)).toEqual(values[name])
    expect(server.asked).toHaveLength(3)
    expect(server.sent).toBeLessThan(10_000)
    const again = await fetchTensors(entry, NAMES, { cache, mirror: '' })
    expect(toFloats(again.get(NAMES[0]!)!)).toEqual(values[NAMES[0]!])
  })

  test('that are in the cache are not fetched again with others', async () => {
    const cache = await folder()
    await using server = await serveFile(safetensors)
    const fetching = (names: string[]) => fetchTensors({ ...entry, url: server.url }, names, { cache, mirror: '' })
    await fetching(NAMES.slice(0, 3))
    const { sent } = server
    expect([...(await fetching(NAMES)).keys()]).toEqual(NAMES)
    // One tensor of 2000 bytes and the header, not the three others again.
    expect(server.sent - sent).toBeLessThan(3000)
  })

  test('are cut out of the whole where a server knows no ranges', async () => {
    await using server = await serveFile(safetensors, { ranges: false })
    const tensors = await fetchTensors({ ...entry, url: server.url }, [NAMES[3]!], {
      cache: await folder(),
      mirror: '',
    })
    expect(toFloats(tensors.get(NAMES[3]!)!)).toEqual(values[NAMES[3]!])
  })

  test('come from a mirror that is a folder', async () => {
    const mirror = await folder()
    await writeFile(join(mirror, entry.file), safetensors)
    const tensors = await fetchTensors(entry, [NAMES[2]!], { cache: await folder(), mirror })
    expect(toFloats(tensors.get(NAMES[2]!)!)).toEqual(values[NAMES[2]!])
  })

  test('that were damaged in the cache are fetched again', async () => {
    const cache = await folder()
    await using server = await serveFile(safetensors)
    const fetching = () => fetchTensors({ ...entry, url: server.url }, [NAMES[1]!], { cache, mirror: '' })
    await fetching()
    await writeFile(join(cache, 'net', NAMES[1]!), 'damaged')
    expect(toFloats((await fetching()).get(NAMES[1]!)!)).toEqual(values[NAMES[1]!])
  })

  test('that are others than at the first fetch are refused, and the cache stays', async () => {
    const cache = await folder()
    await using first = await serveFile(safetensors)
    await fetchTensors({ ...entry, url: first.url }, [NAMES[0]!], { cache, mirror: '' })
    await rm(join(cache, 'net', NAMES[0]!))
    await using other = await serveFile(toSafetensors({ ...values, [NAMES[0]!]: chance(77, 500) }))
    const error = await fetchTensors({ ...entry, url: other.url }, [NAMES[0]!], { cache, mirror: '' }).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(NetworkError)
    expect(error).toMatchObject({ code: 'NETWORK_CHANGED', data: { network: 'net', file: entry.file } })
    expect((error as Error).message).toContain('recorded when it was first fetched')
  })

  test('that are others than the pinned ones are refused at the first fetch', async () => {
    await using server = await serveFile(safetensors)
    const pinned = { ...entry, url: server.url, sha256OfTensors: { [NAMES[0]!]: '0'.repeat(64) } }
    const fetching = fetchTensors(pinned, [NAMES[0]!], { cache: await folder(), mirror: '' })
    await expect(fetching).rejects.toThrow('not the pinned one')
  })

  test('that cannot be had are a sentence with what to put where', async () => {
    const fetching = fetchTensors(entry, NAMES, { cache: await folder(), mirror: '/no/such/folder' })
    await expect(fetching).rejects.toThrow(
      /Cannot get net\.safetensors[^]*no\/such\/folder[^]*ENOENT[^]*127\.0\.0\.1:9[^]*has net\.safetensors in EXPERIMENTS_MIRROR/,
    )
  })

  test('of something that is no safetensors file are refused', async () => {
    await using server = await serveFile(Buffer.from('<!doctype html><title>Sign in</title>'))
    const fetching = fetchTensors({ ...entry, url: server.url }, NAMES, { cache: await folder(), mirror: '' })
    await expect(fetching).rejects.toThrow('It is no safetensors file')
  })
})

describe('VGG', () => {
  test('needs the tensors up to the deepest layer that is asked for, and never the dense ones', () => {
    expect(vgg19.tensors(['conv1_2', 'input'])).toEqual([
      'features.0.weight',
      'features.0.bias',
      'features.2.weight',
      'features.2.bias',
    ])
    expect(vgg19.tensors(['conv2_1'])).toHaveLength(6)
    expect(vgg19.tensors([])).toHaveLength(32)
    expect(vgg16.tensors([])).toHaveLength(26)
  })

  test('is fetched up to the layers that its taste names, and ends there', async () => {
    const mirror = await folder()
    const tensors = { 'features.0.weight': chance(1, 27), 'features.0.bias': chance(2, 1) }
    await writeFile(join(mirror, 'vgg19.safetensors'), toSafetensors(tensors))
    const options = { mirror, cache: await folder() }
    const network = await loadNetwork('vgg19', { ...options, layers: ({ style }) => style.slice(0, 1) })
    expect(network.layers.map(({ name }) => name)).toEqual(['conv1_1'])
    // Others would be looked for, and are not in this file.
    await expect(loadNetwork('vgg19', { ...options, layers: ({ style }) => style })).rejects.toThrow('features.2')
  })

  test('says which layers it has where one is asked for that it has not', () => {
    expect(() => vgg16.tensors(['conv3_4'])).toThrow(/vgg16 has no layer 'conv3_4'.*conv3_3/)
  })
})

/** A safetensors file of floats, in the order given. */
function toSafetensors(tensors: Readonly<Record<string, Float32Array>>): Buffer {
  let at = 0
  const header = Object.entries(tensors).map(([name, { length }]) => {
    const from = at
    at += length * 4
    return [name, { dtype: 'F32', shape: [length], data_offsets: [from, at] }] as const
  })
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)))
  const start = Buffer.alloc(8)
  start.writeBigUInt64LE(BigInt(json.length))
  return Buffer.concat([start, json, ...Object.values(tensors).map(({ buffer }) => Buffer.from(buffer))])
}

/** A process that fetches a file into a cache. */
function fetchArguments(cache: string, url: string, file: object): string[] {
  const module = new URL('fetch-file.ts', import.meta.url).href
  const script = `
    import { fetchFile } from ${JSON.stringify(module)}
    await fetchFile({ name: 'net', url: ${JSON.stringify(url)} }, ${JSON.stringify(file)}, ${JSON.stringify({ cache, mirror: '' })})`
  return [process.execPath, '--input-type=module', '-e', script]
}

function spawnFetch(cache: string, url: string, file: object): ChildProcess {
  const [node, ...args] = fetchArguments(cache, url, file) as [string, ...string[]]
  const child = spawn(node, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** Resolves when a file in the folder has so many bytes. */
async function untilDraft(path: string, bytes: number): Promise<void> {
  for (;;) {
    const names = await readdir(path)
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(path, name))).size))
    if (sizes.some((size) => size >= bytes)) return
    await setTimeout(20)
  }
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'downloads-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}
