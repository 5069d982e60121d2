import { createHash } from 'node:crypto'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { connectSsh } from '../src/ssh/connect-ssh.ts'
import { openDelayLink, type DelayLink } from './delay-link.ts'
import { findAgent, FUNCTION_FILES, openLocalHost, until } from './local-host.ts'
import { startSshd, type Sshd } from './sshd.ts'

const CUTS = Number(process.env['CUTS'] ?? 12)
const SEED = process.env['SEED'] ?? 'resume'
const FLOOD_BYTES = Number(process.env['FLOOD_MIB'] ?? 384) * 2 ** 20
/** What the windows of a stream hold, many times over, and a small part of what is printed. */
const BOUND_BYTES = 160 << 20

const ROOT = '/Users/somebody/proj'
const signal = new AbortController().signal

const dialer = (sshd: Sshd, link: DelayLink) => () => connectSsh({ ...sshd.address, port: link.port }, { signal })

it(
  `loses, doubles and reorders nothing over ${CUTS} cuts and stalls at any moment`,
  {
    timeout: 120_000 + CUTS * 6000,
  },
  async () => {
    await using sshd = await startSshd()
    await using link = await openDelayLink(sshd.port, 2)
    const reconnect = dialer(sshd, link)
    await using host = await openLocalHost({ connection: await reconnect(), reconnect })
    const worker = await host.spawn(await host.openView(ROOT, FUNCTION_FILES), ROOT, 'functions.mjs')
    const answers: unknown[] = []
    let asked = 0
    let printed = ''
    worker.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    const counted: Promise<unknown>[] = []
    let lines = 0
    for (let cut = 0; cut < CUTS; cut += 1) {
      const random = createHash('md5').update(`${SEED} ${cut}`).digest()
      const [isStall, waitMs, stallMs] = [random[0]! < 64, random.readUInt16BE(1) % 700, random.readUInt16BE(3) % 900]
      lines += 5000
      counted.push(worker.run('count', 5000))
      for (let i = 0; i < 20; i += 1, asked += 1) {
        const size = random[5 + (i % 8)]! ** 2 // up to a frame that is not copied
        void worker.run('echo', { number: asked, data: 'x'.repeat(size) }).then((value) => answers.push(value))
        await sleep(waitMs / 20)
      }
      if (isStall) {
        link.stall()
        await sleep(stallMs)
        link.flow()
      } else link.cut()
    }
    await Promise.all(counted)
    await until(() => answers.length === asked && printed.split('\n').length === lines + 1, 'all answers', 60_000)
    expect(answers.map((answer) => (answer as { number: number }).number)).toEqual(
      Array.from({ length: asked }, (_, i) => i),
    )
    // Counts run side by side, so lines of several may alternate; none is missing and none is there twice.
    const seen = new Map<string, number>()
    for (const line of printed.trimEnd().split('\n')) seen.set(line, (seen.get(line) ?? 0) + 1)
    expect([...seen].filter(([, times]) => times !== CUTS)).toEqual([])
    expect(seen.size).toBe(5000)
  },
)

it('goes on when the link is half-open for longer than the host may be silent', { timeout: 90_000 }, async () => {
  await using sshd = await startSshd()
  await using link = await openDelayLink(sshd.port, 0)
  const reconnect = dialer(sshd, link)
  await using host = await openLocalHost({ connection: await reconnect(), reconnect })
  const worker = await host.spawn(await host.openView(ROOT, FUNCTION_FILES), ROOT, 'functions.mjs')
  expect(await worker.run('echo', 1)).toBe(1)
  link.stall() // for good: what goes on is another connection
  expect(await worker.run('echo', 2)).toBe(2)
})

it('goes on when the client was stopped for longer than the host may be silent', { timeout: 90_000 }, async () => {
  await using sshd = await startSshd()
  const client = spawn(
    process.execPath,
    [join(import.meta.dirname, 'stopped-client.ts'), JSON.stringify(sshd.address)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let output = ''
  client.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const all = text(client.stdout)
  try {
    await until(() => output.includes('at work'), 'the client', 60_000)
    client.kill('SIGSTOP')
    await sleep(14_000)
  } finally {
    client.kill('SIGCONT')
  }
  expect(await all).toBe('at work\nall 300 answers in order, 50000 lines\n')
})

it('holds a worker that prints without end, in bounded memory on both ends', { timeout: 600_000 }, async () => {
  await using sshd = await startSshd()
  await using host = await openLocalHost({ connection: await connectSsh(sshd.address, { signal }) })
  const worker = await host.spawn(await host.openView(ROOT, FUNCTION_FILES), ROOT, 'functions.mjs')
  const agent = await findAgent(host.state)
  const before = [residentBytes(agent), residentBytes(process.pid)]
  let isSaid = false
  const saying = worker.run('say', FLOOD_BYTES).then(() => (isSaid = true))
  await once(worker.stdout, 'readable')
  // Nobody reads: the worker is held, and what is small and urgent still passes.
  expect(await host.session.call('info')).toMatchObject({ node: process.version })
  expect(isSaid).toBe(false)
  let bytes = 0
  let peaks = before
  worker.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes % (1 << 20) < chunk.length)
      peaks = [residentBytes(agent), residentBytes(process.pid)].map((now, at) => Math.max(now, peaks[at]!))
  })
  await saying
  await until(() => bytes === FLOOD_BYTES, 'all of the output', 60_000)
  for (const [at, peak] of peaks.entries()) expect(peak - before[at]!).toBeLessThan(BOUND_BYTES)
})

function residentBytes(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) * 1024
}
