import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { until } from './local-host.ts'
import { alive, rig } from './support/ec2-rig.ts'
import { makeClosedNetwork, makePrivateNetwork } from './support/private-network.ts'
import { createProject, type Project } from './support/project.ts'

const TEST = `// @module-tag experiment
import { expect, test } from 'vitest'
test('there', () => { console.log('instance', process.env.VITEST_EC2_INSTANCE) })\n`

beforeEach(() => rig.reset())

test('runs on a network without public addresses, through its endpoint', async () => {
  const { vpc } = await makePrivateNetwork()
  const { project, env } = open(`network: { vpc: '${vpc}', connect: 'endpoint' }`, TEST)
  const run = await project.vitest(['run', '--pool=ec2'], { env: { ...env, VITEST_EC2_KEEP_ALIVE: '10m' } })
  expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('Tests  1 passed (1)') })
  const [host] = await alive()
  expect(host).toMatchObject({ VpcId: vpc, PrivateIpAddress: expect.stringMatching(/^172\.31\.1/) })
  expect(host?.PublicIpAddress).toBeUndefined()
  expect(await opened()).toBeGreaterThan(0)

  const again = await project.vitest(['run', '--pool=ec2'], { env })
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('Tests  1 passed (1)') })
  expect(again.stdout).toContain(host?.InstanceId)
  expect(await alive()).toEqual([])
})

test('loses nothing when tunnels break, and when their time is over', async () => {
  const { vpc } = await makePrivateNetwork()
  const lines = Array.from({ length: 200 }, (_, number) => `line ${number};`)
  const { project, env } = open(
    `network: { vpc: '${vpc}', connect: 'endpoint' }`,
    `// @module-tag experiment
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'vitest'
test('counts', { timeout: 120_000 }, async () => {
  for (let number = 0; number < ${lines.length}; number += 1) {
    console.log('line ' + number + ';')
    await sleep(100)
  }
})\n`,
  )
  const run = project.start(['run', '--pool=ec2', '--disable-console-intercept'], { env })
  await until(() => run.output().includes('line 5;'), 'the first lines', 90_000)
  await opened()
  await rig.set({ tunnel_seconds: 4 })
  await rig.cutTunnels()
  const { code, stdout } = await run.ended
  expect(code).toBe(0)
  expect(stdout.match(/line \d+;/g)).toEqual(lines)
  // Each way back opens one to look and one to stay: after the cut, and every 4 of the 20 seconds.
  expect(await opened()).toBeGreaterThan(4)
  expect(await alive()).toEqual([])
})

test('takes the endpoint by itself where hosts get no public address, and says so', async () => {
  const { vpc, endpoint } = await makePrivateNetwork()
  const { project, env } = open(`network: { vpc: '${vpc}' }`, TEST)
  const run = await project.vitest(['run', '--pool=ec2'], { env })
  expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('Tests  1 passed (1)') })
  expect(run.stderr).toMatch(new RegExp(`i-\\w+ has no public address and is reached through ${endpoint}`))
  expect(await alive()).toEqual([])
})

test('launches nothing where there is no endpoint, and says what makes one', async () => {
  const { vpc, subnet } = await makeClosedNetwork()
  const { project, env } = open(`network: { vpc: '${vpc}', connect: 'endpoint' }`, TEST)
  const run = await project.vitest(['run', '--pool=ec2'], { env })
  expect(run.code).toBe(1)
  expect(run.stdout + run.stderr).toContain(`${vpc} has no EC2 Instance Connect Endpoint`)
  expect(run.stdout + run.stderr).toContain(`aws ec2 create-instance-connect-endpoint --subnet-id ${subnet}`)
  expect((await rig.calls()).map(({ call }) => call)).not.toContain('ec2:CreateFleet')
})

/** Tunnels since this was asked last. */
async function opened(): Promise<number> {
  return (await rig.calls()).filter(({ call }) => call === 'ec2-instance-connect:OpenTunnel').length
}

function open(options: string, file: string): { project: Project; env: Record<string, string> } {
  const state = mkdtempSync(join(tmpdir(), 'state-'))
  const project = createProject({
    files: {
      'vitest.config.ts': `
import { defineConfig } from 'vitest/config'
import { ec2 } from 'vitest-pool-ec2'
export default defineConfig({ plugins: [ec2({ sync: { exclude: ['.pool'] }, ${options} })] })\n`,
      'a.test.ts': file,
    },
  })
  onTestFinished(async () => {
    await project[Symbol.asyncDispose]()
    await rm(state, { recursive: true, force: true })
  })
  return { project, env: { XDG_STATE_HOME: state } }
}
