import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { createProject } from '../packages/reporter/test/project.ts'
import { openOwnedHost } from '../packages/runner/test/support/owned-host.ts'

const ROOT = join(import.meta.dirname, '..')

/** Asks, and computes with its only thread until a file of its host says that it is enough. */
const ASKING = (enough: string) => `import { existsSync } from 'node:fs'
import { test } from 'vitest-notebook'
test('Ask', { params: { rounds: 1 } }, async ({ notebook, params, expect }) => {
  const begun = Promise.withResolvers()
  using _ = notebook.serve('/begin', () => { begun.resolve(); return new Response('begun') })
  const asked = notebook.ask({ steps: 10 * params.rounds }, { timeout: '90s' })
  await begun.promise
  await notebook.code('Compute', () => {
    while (!existsSync(${JSON.stringify(enough)})) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
  })
  expect(await asked).toEqual({ steps: 12 })
})`

const CONFIG = (folder: string) => `import { ec2 } from 'vitest-pool-ec2'
export default {
  plugins: [ec2({ sync: { include: ['${folder}/**'] } })],
  test: {
    include: ['*.experiment.ts'],
    reporters: ['default', ['vitest-notebook/reporter', { live: { port: 0 }, formats: ['html'] }]],
  },
}
`

test('an experiment on a host gets what is set and answered here, also while its thread is busy', async () => {
  // Views have a /tmp of their own.
  const folder = mkdtempSync('/var/tmp/ask-')
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const enough = join(folder, 'enough')
  await using host = await openOwnedHost()
  using project = createProject({ 'ask.experiment.ts': ASKING(enough) })
  writeFileSync(join(project.root, 'vitest.config.ts'), CONFIG(relative(ROOT, project.root)))

  const { child, ended } = project.start(['--pool=ec2'], { ...host.env, VITEST_NOTEBOOK_ASK: '100s' })
  let said = ''
  while (!/http:\S+token=\S+/.test(said)) said += String((await once(child.stdout!, 'data'))[0])
  const entry = new URL(/http:\S+token=\S+/.exec(said)![0])
  const entered = await fetch(entry, { redirect: 'manual' })
  const cookie = entered.headers.getSetCookie()[0]!.split(';')[0]!
  const page = new URL(`/${project.runs()[0]}/ask.experiment.ts/ask/`, entry)
  const get = async (path: string, init: RequestInit = {}) =>
    await fetch(new URL(path, page), { ...init, headers: { cookie, origin: entry.origin } })

  const path = 'ask.experiment.ts/ask'
  const cells = async () => (await project.read(path)).cells.filter(({ content }) => content.kind !== 'endpoint')
  const answerTo = (id: string, values: object) =>
    get(`-/answer/${id}`, { method: 'POST', body: JSON.stringify({ values }) })
  await expect.poll(async () => (await cells()).length, { timeout: 60_000, interval: 500 }).toBe(1)
  const [parameters] = await cells()
  expect(parameters).toMatchObject({ content: { kind: 'question' } })
  expect((await answerTo(parameters!.id, { rounds: 4 })).status).toBe(204)

  const begin = async () => {
    void get('-/serve/begin').catch(() => {}) // the thread may be busy before it has answered
    return (await cells()).map(({ content }) => content.kind)
  }
  await expect.poll(begin, { timeout: 60_000, interval: 500 }).toEqual(['question', 'question', 'code'])
  const [, question] = await cells()

  const answer = answerTo(question!.id, { steps: 12 })
  const waits = sleep(1000, 'waits')
  expect(await (await get(`-/question/${question!.id}`)).text()).toMatch(/name="steps"[^>]*value="40"/)
  expect(await Promise.race([answer, waits])).toBe('waits')
  expect((await cells()).map(({ end }) => end).slice(1)).toEqual([undefined, undefined])
  writeFileSync(enough, '')
  expect((await answer).status).toBe(204)

  const { code, output } = await ended
  expect(output).toContain('1 passed')
  expect(code).toBe(0)
  expect((await cells()).map(({ end }) => end?.answer)).toEqual([{ rounds: 4 }, { steps: 12 }, undefined])
}, 180_000)
