import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { createThreads } from './threads.ts'

/** Answers with the number of the thread after a while, or ends under its job. */
const MODULE = `
import { parentPort, threadId } from 'node:worker_threads'
parentPort.on('message', ({ job, port }) => {
  if (job.end) process.exit(3)
  setTimeout(() => port.postMessage(threadId), job.ms)
})
`

function makeThreads() {
  const folder = mkdtempSync(join(tmpdir(), 'threads-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'module.mjs'), MODULE)
  const threads = createThreads(join(folder, 'module.mjs'))
  const run = (job: object) => threads.run(job, async (port) => ((await once(port, 'message')) as [number])[0])
  return { threads, run }
}

it('runs jobs side by side in as many threads as there are processors, four at most', async () => {
  const { run } = makeThreads()
  const ids = await Promise.all(Array.from({ length: 20 }, () => run({ ms: 50 })))
  expect(new Set(ids).size).toBe(Math.min(4, availableParallelism()))
  expect(ids).toContain(await run({ ms: 0 }))
})

it('fails the jobs of a thread that ends under them, and goes on with another', async () => {
  const { run } = makeThreads()
  const id = await run({ ms: 0 })
  const [ended, beside] = await Promise.allSettled([run({ end: true }), run({ ms: 20 })])
  expect(ended).toMatchObject({
    reason: { message: expect.stringMatching(/^A thread of .*module\.mjs ended with 3$/) },
  })
  expect(beside.status).toBe(availableParallelism() > 1 ? 'fulfilled' : 'rejected')
  expect(await run({ ms: 0 })).not.toBe(id)
})

it('are for many jobs in a row', async () => {
  const { threads } = makeThreads()
  const asked = Array.from({ length: 40 }, () => threads.isForThread())
  expect([asked.indexOf(true), asked.lastIndexOf(false)]).toEqual([32, 31])
  await sleep(1100)
  expect(threads.isForThread()).toBe(false)
})
