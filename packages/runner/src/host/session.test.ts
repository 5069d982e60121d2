import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { findAgent, FUNCTION_FILES, listCommands, openLocalHost, until } from '../../test/local-host.ts'
import { packed } from '../../test/support/packed.ts'
import { connectLocal } from '../local/connect-local.ts'
import type { Connection } from './connection.ts'

const ROOT = '/Users/somebody/proj'

async function open() {
  const host = await openLocalHost()
  const view = await host.openView(ROOT, FUNCTION_FILES)
  return { host, session: host.session, view, spawn: () => host.spawn(view, ROOT, 'functions.mjs') }
}

describe('a session', () => {
  it('finds the agent that runs, and what was brought before', async () => {
    await using host = await openLocalHost()
    const phases: string[] = []
    const second = await openLocalHost({ stateDir: host.state, onPhase: ({ phase }) => phases.push(phase) })
    expect(phases).toEqual([])
    await second.session.close()
    expect(await host.session.call('info')).toMatchObject({ node: process.version })
  })

  it('refuses a workspace that would hide its own folder', async () => {
    await using host = await openLocalHost()
    const tree = host.addTree('x', { a: '' })
    for (const root of [host.state, tmpdir()]) {
      await expect(host.session.call('openView', { id: 'v', root, trees: [tree] })).rejects.toMatchObject({
        code: 'EC2_HOST',
        message: expect.stringContaining('lies below the workspace'),
      })
    }
  })

  it('goes on over a new connection as if nothing had been', { timeout: 60_000 }, async () => {
    const connections: Connection[] = [connectLocal()]
    const reconnect = async () => {
      connections.push(connectLocal())
      return connections.at(-1) as Connection
    }
    await using host = await openLocalHost({ connection: connections[0] as Connection, reconnect })
    const view = await host.openView(ROOT, FUNCTION_FILES)
    const worker = await host.spawn(view, ROOT, 'functions.mjs')
    let bytes = 0
    worker.stdout.on('data', (chunk: Buffer) => (bytes += chunk.length))
    const saying = worker.run('say', 20 << 20)
    const answers: unknown[] = []
    for (let i = 0; i < 300; i += 1) {
      void worker.run('echo', i).then((value) => answers.push(value))
      if (i % 60 === 30) await connections.at(-1)?.close()
      await sleep(5)
    }
    await saying
    await until(() => answers.length === 300 && bytes === 20 << 20, 'all answers')
    expect(answers).toEqual(Array.from({ length: 300 }, (_, i) => i))
    expect(connections.length).toBeGreaterThan(3)
  })

  it('brings pack after pack by the same stream, until one is refused', async () => {
    const local = connectLocal()
    let opened = 0
    const connection: Connection = {
      ...local,
      async openSocket(path, options) {
        if (options?.apart) opened += 1
        return await local.openSocket(path, options)
      },
    }
    await using host = await openLocalHost({ connection })
    const { session } = host
    const packs = Array.from({ length: 12 }, (_, seed) => largePack(seed))
    for (const pack of packs) await session.upload(pack, inOne(pack.bytes))
    expect(
      await session.call(
        'missing',
        packs.map((pack) => pack.hash),
      ),
    ).toEqual([])
    expect(opened).toBe(1)
    const damaged = largePack(12)
    damaged.bytes.fill(0, 1000, 2000)
    await expect(session.upload(damaged, inOne(damaged.bytes))).rejects.toMatchObject({ code: 'EC2_SYNC' })
    const more = [13, 14, 15, 16].map(largePack)
    await Promise.all(more.map((pack) => session.upload(pack, inOne(pack.bytes))))
    expect(
      await session.call(
        'missing',
        [damaged, ...more].map((pack) => pack.hash),
      ),
    ).toEqual([damaged.hash])
    expect(opened).toBe(5)
  })

  it('is lost with its agent, and nothing of its workers stays', async () => {
    const host = await openLocalHost()
    const view = await host.openView(ROOT, FUNCTION_FILES)
    const worker = await host.spawn(view, ROOT, 'functions.mjs')
    await worker.run('startDetached', 7654)
    const hanging = worker.run('hang')
    hanging.catch(() => {})
    process.kill(await findAgent(host.state), 'SIGKILL')
    const reason = await host.session.closed
    expect(reason).toMatchObject({ by: 'them', error: { code: 'EC2_HOST_LOST' } })
    expect(await worker.closed).toMatchObject({ by: 'connection' })
    await expect(host.session.call('info')).rejects.toMatchObject({ code: 'EC2_HOST_LOST' })
    await until(
      async () => !(await listCommands()).some((line) => line.includes(host.state) || /^sleep 7654[12]$/.test(line)),
      'the end of all',
    )
    await host[Symbol.asyncDispose]()
    rmSync(host.state, { recursive: true, force: true })
  })

  it('takes its workers along when it closes, and leaves the agent', async () => {
    const state = mkdtempSync(join(tmpdir(), 'vitest-ec2-'))
    await using keeper = await openLocalHost({ stateDir: state })
    const host = await openLocalHost({ stateDir: state })
    const view = await host.openView(ROOT, FUNCTION_FILES)
    const worker = await host.spawn(view, ROOT, 'functions.mjs')
    await host.session.close()
    expect(await worker.closed).toMatchObject({ by: 'connection', reason: { by: 'us' } })
    await until(
      async () => !(await listCommands()).some((line) => line.includes(state) && line.includes('worker-main')),
      'the end of the worker',
    )
    expect(await keeper.session.call('info')).toBeDefined()
  })
})

describe('what was written', () => {
  it('is told exactly, and fetched whole', async () => {
    const { host, session, view, spawn } = await open()
    await using _ = host
    const worker = await spawn()
    await worker.run('write', 'new.bin', Buffer.alloc(9 << 20, 7))
    await worker.run('write', 'src/a.txt', 'a') // the same again
    await worker.run('append', 'src/b.txt', 'more')
    await worker.run('remove', 'functions.mjs')
    const written = await session.call('written', view)
    expect(written).toMatchObject([
      { path: 'functions.mjs', kind: 'deleted' },
      { path: 'new.bin', kind: 'file', size: 9 << 20 },
      { path: 'src/b.txt', kind: 'file', size: 5 },
    ])
    for (const file of written) await session.fetchWritten(view, host.home, file)
    expect(readFileSync(join(host.home, 'src/b.txt'), 'utf8')).toBe('bmore')
    const hash = createHash('sha256')
      .update(readFileSync(join(host.home, 'new.bin')))
      .digest('hex')
    expect(hash).toBe((written[1] as { hash: string }).hash)
  })

  it('is told of what lies in several trees as of one', async () => {
    await using host = await openLocalHost()
    const { session } = host
    const base = host.addTree('base', { ...FUNCTION_FILES, 'src/both.txt': 'below', 'src/gone.txt': 'below' })
    const layer = host.addTree('layer', { 'src/both.txt': 'above', 'src/gone.txt': 'above', 'new/added.txt': 'above' })
    const packages = host.addTree('packages', { 'node_modules/x/index.js': 'x' })
    await session.call('openView', { id: 'layered', root: ROOT, trees: [layer, base, packages] })
    const worker = await host.spawn('layered', ROOT, 'functions.mjs')
    const seen = ['src/a.txt', 'src/both.txt', 'new/added.txt', 'node_modules/x/index.js']
    expect(await Promise.all(seen.map((path) => worker.run('read', path)))).toEqual(['a', 'above', 'above', 'x'])
    await worker.run('remove', 'src/gone.txt')
    await worker.run('write', 'src/both.txt', 'above') // the same again
    await worker.run('append', 'new/added.txt', ' and more')
    expect(await session.call('written', 'layered')).toMatchObject([
      { path: 'new/added.txt', kind: 'file', size: 14 },
      { path: 'src/gone.txt', kind: 'deleted' },
    ])
  })

  it('is seen by workers that start later', async () => {
    const { host, session, view, spawn } = await open()
    await using _ = host
    await session.call('writeFile', view, 'out/deep/checkpoint', Buffer.from('state'))
    const worker = await spawn()
    expect(await worker.run('read', 'out/deep/checkpoint')).toBe('state')
    await expect(session.call('writeFile', view, '../outside', Buffer.from('x'))).rejects.toThrow('is not below')
    await expect(session.call('readFile', view, '/etc/passwd')).rejects.toThrow('is not below')
  })
})

describe('a mirrored folder', () => {
  it('is equal here while it grows, is replaced, shortened and deleted', async () => {
    const { host, session } = await open()
    await using _ = host
    const root = host.home
    const view = await host.openView(root, FUNCTION_FILES)
    await session.mirror(view, join(root, 'out'))
    const worker = await host.spawn(view, root, 'functions.mjs')
    const here = (path: string) => {
      const file = join(root, 'out', path)
      return existsSync(file) ? readFileSync(file, 'utf8') : undefined
    }
    await session.call('writeFile', view, 'out/journal', Buffer.from('1\n'))
    await until(() => here('journal') === '1\n', 'the first line')
    await worker.run('append', 'out/journal', '2\n')
    await until(() => here('journal') === '1\n2\n', 'growth')
    await worker.run('write', 'out/journal', 'another and longer')
    await until(() => here('journal') === 'another and longer', 'a replacement')
    await worker.run('write', 'out/journal', 'short')
    await until(() => here('journal') === 'short', 'a shorter one')
    await worker.run('write', 'out/journal', 'SHORT')
    await session.drainMirror(view)
    expect(here('journal')).toBe('SHORT')
    await worker.run('write', 'out/big', 'y'.repeat(5 << 20))
    await session.drainMirror(view)
    expect(here('big')).toBe('y'.repeat(5 << 20))
    expect((await readdir(join(root, 'out'))).toSorted()).toEqual(['big', 'journal'])
    await worker.run('remove', 'out/big')
    await session.drainMirror(view)
    expect(here('big')).toBe(undefined)
  })
})

/** One file that stays larger than what travels as a message. */
function largePack(seed: number) {
  const content = Buffer.concat(
    Array.from({ length: 8000 }, (_, line) => createHash('sha256').update(`${seed} ${line}`).digest()),
  )
  return packed([content])
}

async function* inOne(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}
