import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { startClocks, type ClockOptions } from './clocks.ts'

function open(options: Partial<ClockOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'clocks-'))
  const { promise: expired, resolve } = Promise.withResolvers<string>()
  const clocks = startClocks({
    folder,
    idleMs: 60,
    busyMs: 400,
    tickMs: 10,
    onExpired: () => resolve('expired'),
    ...options,
  })
  onTestFinished(() => {
    clocks.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  return { folder, clocks, expired }
}

it('expires when nobody is there and nothing is to do', async () => {
  const { expired } = open()
  expect(await expired).toBe('expired')
})

it('does not expire while somebody is heard', async () => {
  const { clocks, expired } = open({ idleMs: 200 })
  for (let i = 0; i < 20; i += 1) {
    clocks.heard()
    await sleep(20)
  }
  expect(await Promise.race([expired, sleep(1, 'running')])).toBe('running')
})

it('gives work more time, and not for ever', async () => {
  const { clocks, expired } = open()
  clocks.workerStarted('w')
  expect(await Promise.race([expired, sleep(200, 'running')])).toBe('running')
  expect(await expired).toBe('expired')
})

it('tells the watchdog of contact and of work', async () => {
  const { folder, clocks } = open({ idleMs: 60_000, busyMs: 3_600_000 })
  clocks.workerStarted('w')
  const until = Number(readFileSync(join(folder, 'busy'), 'utf8'))
  expect(until - Date.now() / 1000).toBeCloseTo(3600, -1)
  clocks.workerEnded('w')
  expect(existsSync(join(folder, 'busy'))).toBe(false)
  const before = statSync(join(folder, 'contact')).mtimeMs
  await sleep(50)
  expect(statSync(join(folder, 'contact')).mtimeMs).toBe(before)
  clocks.heard()
  await expect.poll(() => statSync(join(folder, 'contact')).mtimeMs).toBeGreaterThan(before)
})

it('writes nothing where there is no watchdog', async () => {
  const folder = join(tmpdir(), `none-${process.pid}`)
  const { clocks } = open({ folder })
  clocks.workerStarted('w')
  clocks.heard()
  await sleep(30)
  expect(existsSync(folder)).toBe(false)
})
