import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Scheduler } from '@aws-sdk/client-scheduler'
import { beforeEach, describe, expect, test } from 'vitest'
import { openJournal } from '../src/ec2/journal.ts'
import { alive, aws, createClient, demand, launch, rig } from './support/ec2-rig.ts'

const signal = new AbortController().signal
const SCRIPT = join(import.meta.dirname, 'support/ec2-client.ts')
const POLL = { timeout: 60_000, interval: 200 }
/** How often a client is killed: more finds more, and takes some seconds each. */
const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? 5)
const options = { signal, onPhase: () => {} }

beforeEach(() => rig.reset())

test('a host ends by itself when its client is killed', async () => {
  await using client = createClient()
  await using other = await startClient(client.stateDir, 'connect', 10_000)
  expect(await alive()).toHaveLength(1)
  await other.kill()
  await expect.poll(alive, POLL).toEqual([])
})

test('a host whose client never came ends by itself', async () => {
  await using client = createClient()
  await using other = await startClient(client.stateDir, 'launch', 6000)
  await other.kill()
  await expect.poll(alive, POLL).toEqual([])
})

test('the next run ends what a killed one left, and nothing of others', async () => {
  await using client = createClient()
  await using colleague = createClient()
  const theirs = await launch(colleague.open())
  await using other = await startClient(client.stateDir, 'launch', 300_000)
  await other.kill()

  const provider = client.open()
  await provider.plan(demand())
  await provider.close()
  expect(client.notices).toEqual([
    expect.stringMatching(/^Ended i-\w+, left by an earlier run: the process that launched it is dead$/),
  ])
  expect((await alive()).map(({ InstanceId }) => InstanceId)).toEqual([theirs.id])
})

test('two runs of one owner leave each other alone', async () => {
  await using client = createClient()
  await using other = await startClient(client.stateDir, 'launch', 300_000)
  const provider = client.open()
  const host = await launch(provider)
  await host.terminate('done')
  await provider.close()
  expect((await alive()).map(({ InstanceId }) => InstanceId)).toEqual([other.instance])
})

test('anyone ends what is past its time', async () => {
  await using client = createClient()
  await using colleague = createClient()
  const theirs = await launch(colleague.open())
  await aws.createTags({
    Resources: [theirs.id],
    Tags: [{ Key: 'vitest-ec2:expires-at', Value: '2020-01-01T00:00:00.000Z' }],
  })
  const provider = client.open()
  await provider.plan(demand())
  await provider.close()
  expect(await alive()).toEqual([])
})

test('a host ends at its maximum age, though somebody is there', async () => {
  await using client = createClient()
  const host = await launch(client.open({ maxAge: '20s' }))
  const connection = await host.connect(options)
  const timer = setInterval(() => void connection.exec('touch /run/vitest-ec2/contact').catch(() => {}), 500)
  await expect.poll(alive, POLL).toEqual([])
  clearInterval(timer)
})

test('a busy host outlives the idle time, and ends when its work should be over', async () => {
  await using client = createClient()
  const host = await launch(client.open({ idleMs: 10_000 }))
  const connection = await host.connect(options)
  await connection.exec('echo $(($(date +%s) + 20)) > /run/vitest-ec2/busy')
  await connection.close()
  const until = Date.now() + 15_000
  while (Date.now() < until) {
    expect(await alive()).toHaveLength(1)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  await expect.poll(alive, POLL).toEqual([])
})

test('a warm host ends when nobody came for it', async () => {
  await using client = createClient()
  const provider = client.open({ idleMs: 10_000 })
  const host = await launch(provider)
  const connection = await host.connect(options)
  await host.keepWarm(new Date(Date.now() + 20_000))
  await connection.close()
  await provider.close()
  expect(await alive()).toHaveLength(1)
  await expect.poll(alive, POLL).toEqual([])
})

test('a schedule outside stands while a host does', async () => {
  await using client = createClient()
  const scheduler = new Scheduler({ region: 'us-east-1' })
  const provider = client.open()
  const host = await launch(provider)
  await expect.poll(async () => (await scheduler.listSchedules({})).Schedules, POLL).toHaveLength(1)
  const schedule = await scheduler.getSchedule({ Name: `vitest-ec2-${host.id}` })
  expect(schedule.ScheduleExpression).toMatch(/^at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)$/)
  expect(JSON.parse(schedule.Target!.Input!)).toEqual({ InstanceIds: [host.id] })
  await provider.close()
  expect((await scheduler.listSchedules({})).Schedules).toEqual([])
})

test('the end of a run ends its hosts, also when AWS hesitates', async () => {
  await using client = createClient()
  const provider = client.open()
  await launch(provider)
  await rig.fault({ call: 'ec2:TerminateInstances', status: 500, code: 'InternalError', times: 8 })
  await provider.close()
  expect((await alive()).filter(({ State }) => State?.Name === 'running')).toEqual([])
})

test('a host ends though the credentials have expired', async () => {
  await using client = createClient()
  const provider = client.open()
  const host = await launch(provider)
  const connection = await host.connect(options)
  await connection.close()
  await rig.fault({ call: 'ec2:TerminateInstances', status: 400, code: 'RequestExpired', times: 1 })
  await provider.close()
  await expect.poll(alive, POLL).toEqual([])
  expect(client.notices.join('\n')).toContain('The AWS credentials have expired')
})

test(
  `no client killed at any of ${ROUNDS} moments leaves a host behind, or touches that of a colleague`,
  async () => {
    await using client = createClient()
    await using colleague = createClient()
    const theirs = await launch(colleague.open({ idleMs: 3_600_000 })) // else it ends itself before the last round
    for (let round = 0; round < ROUNDS; round += 1) {
      const child = spawn(process.execPath, [SCRIPT, client.stateDir, 'connect', '5000'], { stdio: 'ignore' })
      // From before the first call to when it waits: spread evenly, each somewhere in its share.
      const share = (round + Math.random()) / ROUNDS
      await new Promise((resolve) => setTimeout(resolve, 400 + share * 5600))
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    const launched = openJournal(client.stateDir)
      .read()
      .filter(({ event }) => event === 'launched')
    expect(launched.length).toBeGreaterThan(0)
    await expect.poll(async () => (await alive()).map(({ InstanceId }) => InstanceId), POLL).toEqual([theirs.id])
  },
  120_000 + ROUNDS * 8000,
)

describe('one way to end alone, all others broken,', () => {
  test('the schedule ends a host that hangs, of a client that is dead', async () => {
    await using client = createClient()
    await using other = await startClient(client.stateDir, 'launch', 300_000, '20s')
    const scheduler = new Scheduler({ region: 'us-east-1' })
    await expect.poll(async () => (await scheduler.listSchedules({})).Schedules, POLL).toHaveLength(1)
    await other.kill()
    await expect.poll(() => machines(), POLL).toContain(other.instance)
    await rig.freeze(other.instance)
    await expect.poll(alive, POLL).toEqual([])
  })

  test('the clock of the host ends it, of a client that is dead and could make no schedule', async () => {
    await using client = createClient()
    await rig.fault({ call: 'scheduler:*', status: 403, code: 'AccessDeniedException', message: 'Denied', times: 100 })
    await using other = await startClient(client.stateDir, 'connect', 300_000, '25s')
    await other.kill()
    await expect.poll(alive, POLL).toEqual([])
  })

  test('the sweep of the next run ends a host that hangs, of a client that is dead and could make no schedule', async () => {
    await using client = createClient()
    await rig.fault({ call: 'scheduler:*', status: 403, code: 'AccessDeniedException', message: 'Denied', times: 100 })
    await using other = await startClient(client.stateDir, 'connect', 300_000)
    await other.kill()
    await rig.freeze(other.instance)
    const provider = client.open()
    await provider.plan(demand())
    await provider.close()
    expect(await alive()).toEqual([])
  })

  test('the client ends a host whose clock was killed', async () => {
    await using client = createClient()
    const provider = client.open()
    const host = await launch(provider)
    await host.connect(options)
    await rig.execute(host.id, 'kill -9 "$(cat /run/vitest-ec2/pid)"')
    await provider.close()
    expect(await alive()).toEqual([])
  })
})

test('a host whose clock does not run is refused, and ended', async () => {
  await using client = createClient()
  const host = await launch(client.open())
  await expect.poll(() => rig.execute(host.id, 'cat /run/vitest-ec2/pid'), POLL).toMatchObject({ code: 0 })
  await rig.execute(host.id, 'kill -9 "$(cat /run/vitest-ec2/pid)"')
  await expect(host.connect(options)).rejects.toMatchObject({
    code: 'EC2_HOST',
    message: expect.stringContaining('The clock that ends'),
  })
})

test('a warm host is taken over by another process, and ends with that', async () => {
  await using client = createClient()
  const provider = client.open({ idleMs: 15_000 })
  const host = await launch(provider)
  const connection = await host.connect(options)
  await host.keepWarm(new Date(Date.now() + 10 * 60_000))
  await connection.close()
  await provider.close()
  await rig.calls()
  await using other = await startClient(client.stateDir, 'warm', 10_000)
  expect(other.instance).toBe(host.id)
  expect((await rig.calls()).map(({ call }) => call)).not.toContain('ec2:CreateFleet')
  await other.kill()
  // No longer kept: the clock counts again from the last contact.
  await expect.poll(alive, POLL).toEqual([])
})

test('a host ends though no call to AWS is answered any more, because the credentials have expired', async () => {
  await using client = createClient()
  const provider = client.open()
  const host = await launch(provider)
  const connection = await host.connect(options)
  await rig.set({ expired: [process.env['AWS_ACCESS_KEY_ID']] })
  await provider.close()
  await connection.close()
  await rig.set({ expired: [] })
  await expect.poll(alive, POLL).toEqual([])
  expect(client.notices.join('\n')).toContain(`${host.id} could not be terminated by AWS`)
})

async function machines(): Promise<string[]> {
  return Object.keys(await rig.machines())
}

interface OtherClient extends AsyncDisposable {
  instance: string
  kill(): Promise<void>
}

async function startClient(
  stateDir: string,
  until: 'launch' | 'connect' | 'warm',
  idleMs: number,
  maxAge = '1h',
): Promise<OtherClient> {
  const child = spawn(process.execPath, [SCRIPT, stateDir, until, String(idleMs), maxAge], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const last = until === 'launch' ? 'launched' : 'connected'
  let instance = ''
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith('launched')) instance = line.split(' ')[1]!
    if (line.startsWith(last)) break
  }
  if (!instance) throw new Error('The other client did not launch')
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return { instance, kill, [Symbol.asyncDispose]: kill }
}
