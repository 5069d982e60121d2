import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it, onTestFailed, onTestFinished, vi } from 'vitest'
import { until } from './local-host.ts'
import { alive, rig } from './support/ec2-rig.ts'
import { createProject } from './support/project.ts'

const FILES = {
  'vitest.config.ts': `
import { defineConfig } from 'vitest/config'
import { ec2 } from 'vitest-pool-ec2'
export default defineConfig({ plugins: [ec2({ sync: { exclude: ['.pool'] } })] })
`,
  'serve.mjs': `
import { createServer } from 'node:http'
const [, , name, port, address] = process.argv
createServer((request, response) => {
  if (request.url === '/end') response.end('bye', () => process.exit())
  else request.pipe(response.setHeader('x-name', name + ' ' + process.env.VITEST_EC2))
}).listen(Number(port), address)
`,
  'a.test.ts': `// @module-tag experiment
import { fork } from 'node:child_process'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { test } from 'vitest'
test('serves', { timeout: 600_000 }, async () => {
  const own = createServer((request, response) => response.end('of the worker')).listen(25601, '127.0.0.1')
  const child = fork('serve.mjs', ['child', '25602', '::'], { detached: true })
  const six = fork('serve.mjs', ['six', '25603', '::1'])
  const taken = fork('serve.mjs', ['taken', '25604', '127.0.0.1'])
  const wide = fork('serve.mjs', ['elsewhere', '25605', '127.0.0.2'])
  process.stdout.write('it serves\\n')
  await once(child, 'exit')
  taken.kill()
  await once(taken, 'exit')
  const again = createServer().listen(25604, '127.0.0.1')
  await once(again, 'listening')
  createServer((request, response) => response.end('later')).listen(25606)
  process.stdout.write('the child is gone\\n')
  await once(six, 'exit')
  own.closeAllConnections()
})`,
}

beforeEach(async () => {
  await rig.reset()
})

it('what a worker and its children listen on is at the same ports here, as long as they do', async () => {
  const state = mkdtempSync(join(tmpdir(), 'state-'))
  const project = createProject({ files: FILES })
  const busy = createServer((_, response) => response.end('of this machine')).listen(25604, '127.0.0.1')
  await once(busy, 'listening')
  onTestFinished(async () => {
    busy.close()
    await project[Symbol.asyncDispose]()
    await rm(state, { recursive: true, force: true })
  })
  const run = project.start(['run', '--pool=ec2'], { env: { XDG_STATE_HOME: state } })
  await until(() => run.output().includes('it serves'), 'the test', 90_000)
  const text = async (port: number, path = '/') => await (await fetch(`http://127.0.0.1:${port}${path}`)).text()
  const poll = (port: number) => expect.poll(() => text(port).catch(() => 'nothing'), { timeout: 20_000 })

  await poll(25601).toBe('of the worker')
  const body = Buffer.alloc(3 << 20, 'abc')
  await expect
    .poll(() => fetch('http://127.0.0.1:25602', { method: 'POST', body }).catch(() => undefined), { timeout: 20_000 })
    .toMatchObject({ status: 200 })
  const echoed = await fetch('http://127.0.0.1:25602', { method: 'POST', body })
  expect(echoed.headers.get('x-name')).toBe('child 1')
  expect(Buffer.from(await echoed.arrayBuffer()).equals(body)).toBe(true)
  await poll(25603).toBe('')
  expect(await text(25604)).toBe('of this machine')
  await expect
    .poll(() => run.output())
    .toMatch(/Port 25604 of \S+ is not forwarded: it is in use here\. Let the worker listen on another one/)
  await expect(text(25605)).rejects.toThrow('fetch failed')

  expect(await text(25602, '/end')).toBe('bye')
  await until(() => run.output().includes('the child is gone'), 'the end of the child', 20_000)
  await poll(25602).toBe('nothing')
  await poll(25606).toBe('later')
  expect(run.output().match(/Port 25604 of/g)).toHaveLength(1)
  expect(await text(25601)).toBe('of the worker')

  expect(await text(25603, '/end')).toBe('bye')
  expect(await run.ended).toMatchObject({ code: 0 })
  await expect(text(25601)).rejects.toThrow('fetch failed')
  expect(await alive()).toEqual([])
})

it('a debugger attaches to a worker there at the port that --inspect-brk names', async () => {
  const state = mkdtempSync(join(tmpdir(), 'state-'))
  const test = `// @module-tag experiment\nimport { test } from 'vitest'\ntest('there', () => console.log('host', process.env.VITEST_EC2))`
  const project = createProject({ files: { ...FILES, 'a.test.ts': test } })
  onTestFinished(async () => {
    await project[Symbol.asyncDispose]()
    await rm(state, { recursive: true, force: true })
  })
  const args = ['run', '--pool=ec2', '--inspect-brk=25610', '--no-file-parallelism']
  const run = project.start(args, { env: { XDG_STATE_HOME: state } })
  onTestFailed(() => console.log(run.output()))
  const list = async () =>
    (await (await fetch('http://127.0.0.1:25610/json/list')).json()) as { webSocketDebuggerUrl: string }[]
  const [target] = await vi.waitFor(list, { timeout: 90_000, interval: 200 })
  const debug = new WebSocket(target!.webSocketDebuggerUrl)
  await once(debug, 'open')
  const answers: string[] = []
  debug.addEventListener('message', ({ data }) => void answers.push(String(data)))
  debug.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression: 'process.env.VITEST_EC2' } }))
  await expect.poll(() => answers.join()).toContain('"value":"1"')
  expect(run.output()).not.toContain('host 1')
  debug.send(JSON.stringify({ id: 2, method: 'Debugger.enable' }))
  debug.send(JSON.stringify({ id: 3, method: 'Runtime.runIfWaitingForDebugger' }))
  const resume = setInterval(() => debug.send(JSON.stringify({ id: 4, method: 'Debugger.resume' })), 200)
  await until(() => run.output().includes('host 1'), 'the test', 30_000)
  clearInterval(resume)
  debug.close()
  expect(await run.ended).toMatchObject({ code: 0 })
})
