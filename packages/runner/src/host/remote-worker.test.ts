import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { findAgent, FUNCTION_FILES, listCommands, openLocalHost, until } from '../../test/local-host.ts'

const ROOT = '/Users/somebody/proj'

async function open() {
  const host = await openLocalHost()
  const view = await host.openView(ROOT, FUNCTION_FILES)
  return { host, session: host.session, view, spawn: () => host.spawn(view, ROOT, 'functions.mjs') }
}

describe('a worker', () => {
  it('runs at the path of the client with an environment of its own', async () => {
    await using host = await openLocalHost()
    const view = await host.openView(ROOT, FUNCTION_FILES)
    process.env.MUST_NOT_TRAVEL = 'secret'
    const worker = await host.spawn(view, ROOT, 'functions.mjs', { env: { MAY_TRAVEL: 'yes' } })
    const { cwd, env } = (await worker.run('look')) as { cwd: string; env: Record<string, string> }
    expect(cwd).toBe(ROOT)
    expect(env).toMatchObject({ MAY_TRAVEL: 'yes', VITEST_EC2: '1' })
    expect(env).not.toHaveProperty('MUST_NOT_TRAVEL')
    expect(Object.keys(env).filter((name) => /SECRET|SOCKET|AGENT/.test(name))).toEqual([])
    expect(existsSync(ROOT)).toBe(false)
  })

  it('answers with values and errors, as they were', async () => {
    const { host, spawn } = await open()
    await using _ = host
    const worker = await spawn()
    const value = { at: new Date(7), bytes: new Uint8Array([1, 2]), map: new Map([[1, new Set([undefined, null])]]) }
    expect(await worker.run('echo', value)).toEqual(value)
    const error = await worker.run('fail').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({
      message: 'too far',
      cause: { at: 7 },
      stack: expect.stringContaining(`${ROOT}/functions.mjs`),
    })
    await expect(worker.run('cannotTravel')).rejects.toThrow('cannot travel')
    await expect(worker.run('nothing')).rejects.toThrow('exports no function `nothing`')
  })

  it('shares files with the workers of its view and with nobody else', async () => {
    const { host, view, spawn } = await open()
    await using _ = host
    const other = await host.openView(ROOT, FUNCTION_FILES)
    const [one, two, stranger] = await Promise.all([spawn(), spawn(), host.spawn(other, ROOT, 'functions.mjs')])
    await one.run('write', 'src/a.txt', 'changed')
    await one.run('write', '/tmp/shared', 'in tmp')
    expect(await two.run('read', 'src/a.txt')).toBe('changed')
    expect(await two.run('read', '/tmp/shared')).toBe('in tmp')
    expect(await stranger.run('read', 'src/a.txt')).toBe('a')
    expect(await stranger.run('read', '/tmp/shared')).toBe(undefined)
    expect(await one.run('pid')).not.toBe(await two.run('pid'))
    const trees = join(host.state, 'store/trees')
    for (const tree of readdirSync(trees)) expect(readFileSync(join(trees, tree, 'src/a.txt'), 'utf8')).toBe('a')
    expect(view).not.toBe(other)
  })

  it('prints to both of its outputs, and all of it comes before the end', async () => {
    const { host, spawn } = await open()
    await using _ = host
    const worker = await spawn()
    const output = Promise.all([text(worker.stdout), text(worker.stderr)])
    await worker.run('both')
    await worker.run('say', 3 << 20)
    const target = { module: join(ROOT, 'functions.mjs'), name: 'exit' }
    worker.send({ type: 'call', id: 99, target, args: [3] })
    expect(await worker.closed).toEqual({ by: 'exit', code: 3, signal: null })
    const [stdout, stderr] = await output
    expect(stdout).toHaveLength('out\n'.length + (3 << 20))
    expect(stderr).toBe('err\n')
  })

  it('is held up by a client that does not read, in bounded memory', { timeout: 60_000 }, async () => {
    const { host, spawn } = await open()
    await using _ = host
    const worker = await spawn()
    const agent = await findAgent(host.state)
    const before = memoryOf(agent)
    let isSaid = false
    const saying = worker.run('say', 200 << 20).then(() => (isSaid = true))
    await sleep(1500)
    expect(isSaid).toBe(false)
    expect(memoryOf(agent) - before).toBeLessThan(60 << 20)
    let bytes = 0
    worker.stdout.on('data', (chunk: Buffer) => (bytes += chunk.length))
    await saying
    await until(() => bytes === 200 << 20, 'all of the output')
    expect(memoryOf(agent) - before).toBeLessThan(160 << 20)
  })

  it('is stopped with everything it started, however detached', async () => {
    const { host, spawn } = await open()
    await using _ = host
    const worker = await spawn()
    await worker.run('startDetached', 7655)
    await until(async () => (await listCommands()).filter((line) => /^sleep 7655[12]$/.test(line)).length === 2)
    await worker.stop()
    expect(await worker.closed).toEqual({ by: 'exit', code: null, signal: 'SIGTERM' })
    expect((await listCommands()).filter((line) => /^sleep 7655[12]$/.test(line))).toEqual([])
  })

  it('ends also when nobody reads what it printed, which stays readable', async () => {
    const { host, spawn } = await open()
    await using _ = host
    const worker = await spawn()
    await worker.run('say', 1) // it is up
    worker.run('say', 4 << 20).catch(() => {})
    await sleep(1000)
    await worker.stop()
    expect(await worker.closed).toMatchObject({ by: 'exit' })
    expect((await text(worker.stdout)).length).toBeGreaterThanOrEqual(1 << 20)
  })

  it('is killed when it does not listen any more', async () => {
    const { host, spawn } = await open()
    await using _ = host
    const worker = await spawn()
    worker.run('hang').catch(() => {})
    await sleep(100)
    // A loop without end does not keep SIGTERM from working; a process that ignores it does.
    await worker.stop(200)
    expect(await worker.closed).toMatchObject({ by: 'exit', signal: expect.stringMatching(/SIGTERM|SIGKILL/) })
  })

  it('is refused with a sentence when its folder is not there', async () => {
    const { host, view } = await open()
    await using _ = host
    const worker = await host.session.spawnWorker(view, {
      cwd: `${ROOT}/missing`,
      env: {},
      execArgv: [],
      entry: 'function',
      data: {},
      gpus: [],
    })
    const refusal = { message: `The working directory ${ROOT}/missing is not in the view` }
    await expect(worker.started).rejects.toMatchObject(refusal)
    expect(await worker.closed).toMatchObject({ by: 'spawn', error: refusal })
    await worker.stop()
  })
})

function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}
