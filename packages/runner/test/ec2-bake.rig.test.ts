import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { findLoginKey } from '../src/ec2/ssh-keys.ts'
import { until } from './local-host.ts'
import { alive, aws, createClient, demand, launch, rig } from './support/ec2-rig.ts'
import { openOwnProject } from './support/own-project.ts'

const FILES = {
  'package.json': `{ "name": "project", "private": true, "type": "module", "devDependencies": { "vitest": "*" } }\n`,
  'vitest.config.ts': `
import { defineConfig } from 'vitest/config'
import { ec2 } from 'vitest-pool-ec2'
export default defineConfig({ plugins: [ec2({ sync: { exclude: ['.pool'] }, keepAlive: 0, tags: { team: 'art' } })] })\n`,
  'secret.txt': 'a word of the workspace',
  'a.test.ts': `// @module-tag experiment
import { expect, test } from 'vitest'
test('there', () => { expect(process.env.VITEST_EC2).toBe('1') })\n`,
}
/** How often a bake is killed: more finds more, and takes some seconds each. */
const ROUNDS = Number(process.env['BAKE_KILL_ROUNDS'] ?? 2)
const POLL = { timeout: 60_000, interval: 200 }

beforeEach(() => rig.reset())

test('hosts start from what was baked with most of it there, and with nothing of the host that it was made on', async () => {
  const { project, home, command } = openOwnProject(FILES)
  const before = await project.vitest(['run', '--pool=ec2'], { env: environment(home) })
  expect(before).toMatchObject({ code: 0, stderr: expect.stringContaining('installing Node') })

  await rig.set({ snapshot_price: 0.0625 })
  const bake = await command(['bake']).ended
  expect(bake).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /^ami-\w+ has `deep-learning` with Node v\d+\.\d+\.\d+ and \d+ packages\. It costs at most \$2\.50 a month\.\n/,
    ),
    stderr: expect.stringMatching(
      /Bakes `deep-learning` .* on g4dn\.xlarge on-demand us-east-1 ≈ \$0\.53\/h[^]*stopping[^]*imaging/,
    ),
  })
  expect(await alive()).toEqual([])
  const [image] = await images()
  const tags = expect.arrayContaining([
    { Key: 'vitest-ec2:image', Value: 'deep-learning' },
    { Key: 'vitest-ec2:owner', Value: expect.any(String) },
    { Key: 'team', Value: 'art' },
  ])
  expect(image).toMatchObject({ State: 'available', Tags: tags })
  expect(await snapshots()).toMatchObject([{ Tags: tags }])

  // Of the host, of whoever baked, and of the workspace.
  const id = image?.ImageId ?? ''
  const search = async (line: string) => (await rig.image(id, line)).stdout
  const [owner = ''] = readdirSync(join(home, 'state/vitest-ec2/keys'))
  const { public: key } = findLoginKey(join(home, 'state/vitest-ec2'), owner)
  expect(
    await search(
      `grep -rlaE --exclude-dir=node "PRIVATE KEY|${key.split(' ')[1]}|a word of the workspace" upper plain`,
    ),
  ).toBe('')
  expect(
    await search(
      'find upper plain -type f ( -name "ssh_host_*" -o -name "authorized_keys*" -o -name "*.sock" )'.replaceAll(
        /[()]/g,
        '\\$&',
      ),
    ),
  ).toBe('')
  expect(
    await search(
      'find upper/var/lib/cloud -type f; cat upper/etc/machine-id; find plain/var/log plain/tmp -type f -size +0',
    ),
  ).toBe('')
  expect(await search('ls plain/var/lib/vitest-ec2/*')).toBe('agent\nnode\nstore\n')

  const after = await project.vitest(['run', '--pool=ec2'], { env: environment(home) })
  expect(after).toMatchObject({ code: 0, stdout: expect.stringContaining('Tests  1 passed') })
  expect(after.stderr).not.toContain('installing')
  // Small packages travel in groups, which differ by what else is asked for; large ones, and most of all, are there.
  expect(megabytes(after.stderr)).toBeLessThan(megabytes(before.stderr) / 2)
})

test('the clock of a host that starts from it is armed, and counts from its own start', async () => {
  const { home, command } = openOwnProject(FILES)
  expect(await command(['bake']).ended).toMatchObject({ code: 0 })
  const [image] = await images()
  await using client = createClient(join(home, 'state/vitest-ec2'))
  const host = await launch(client.open({ idleMs: 8000 }))
  const [instance] = await alive()
  expect(instance?.ImageId).toBe(image?.ImageId)
  const connection = await host.connect({ signal: new AbortController().signal, onPhase: () => {} })
  const { stdout } = await connection.exec('cat /var/lib/vitest-ec2-age; uptime -p >/dev/null; cat /run/vitest-ec2/pid')
  expect(Number(stdout.split(' ')[0])).toBeLessThan(30)
  await connection.close()
  await expect.poll(alive, POLL).toEqual([])
})

test('a newer image takes the place of an older one; what is not used is told, and removed', async () => {
  const { home, command } = openOwnProject(FILES)
  const bake = async () => JSON.parse((await command(['bake', '--type', 'c7i.xlarge', '--json']).ended).stdout)
  const first = (await bake()) as { image: string }
  const second = (await bake()) as { image: string; unused: string[] }
  expect(second.unused).toEqual([first.image])
  const rows = JSON.parse((await command(['ls', '--images', '--json']).ended).stdout) as object[]
  expect(rows).toMatchObject([
    { image: second.image, of: 'deep-learning', state: 'used' },
    { image: first.image, of: 'deep-learning', state: 'not used' },
  ])
  expect((await command(['ls']).ended).stderr).toMatch(
    /2 baked images cost at most .* a month, .* for 1 that no run uses/,
  )
  const doctor = JSON.parse((await command(['doctor', '--json']).ended).stdout) as { check: string; detail: string }[]
  expect(doctor.find(({ check }) => check === 'baked image')).toMatchObject({
    status: 'warning',
    detail: expect.stringContaining(first.image),
    fix: expect.stringContaining('bake --prune'),
  })

  expect(await command(['bake', '--prune']).ended).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(first.image),
  })
  expect(await command(['bake', '--prune', '--yes']).ended).toMatchObject({
    code: 0,
    stdout: `Removed ${first.image}.\n`,
  })
  expect((await images()).map(({ ImageId }) => ImageId)).toEqual([second.image])
  expect(await snapshots()).toHaveLength(1)

  const destroyed = await command(['destroy', '--yes']).ended
  expect(destroyed.stderr).toContain(`Removed image ${second.image}`)
  expect([...(await images()), ...(await snapshots())]).toEqual([])
  // What was remembered of it is no hindrance.
  await using client = createClient(join(home, 'state/vitest-ec2'))
  await launch(client.open())
  expect(await alive()).toMatchObject([{ ImageId: 'ami-dca37ea5' }])
})

test('an image that somebody else removed is no hindrance', async () => {
  const { home, command } = openOwnProject(FILES)
  expect(await command(['bake']).ended).toMatchObject({ code: 0 })
  await using client = createClient(join(home, 'state/vitest-ec2'))
  const provider = client.open()
  await provider.plan(demand()) // knows the image
  const [image] = await images()
  await aws.deregisterImage({ ImageId: image?.ImageId, DeleteAssociatedSnapshots: true })
  await provider.launch(demand(), { run: 'run', attempt: 1, signal: new AbortController().signal, onPhase: () => {} })
  expect(await alive()).toMatchObject([{ ImageId: 'ami-dca37ea5' }])
})

describe('leaves no instance, image or snapshot', () => {
  test.each(['launching', 'booting', 'installing', 'syncing', 'stopping', 'imaging'])(
    'when it is interrupted while %s',
    async (phase) => {
      const { command } = openOwnProject(FILES)
      await rig.set({ imaging: 60, pending: 2 })
      const bake = command(['bake'])
      await until(() => bake.output().includes(phase), phase, 90_000)
      bake.child.kill('SIGINT')
      expect(await bake.ended).toMatchObject({ code: 130, stderr: expect.stringContaining('no image is left') })
      expect(await leftovers()).toEqual([])
    },
  )

  test.each<[string, Parameters<typeof rig.fault>[0], RegExp]>([
    [
      'images may not be made',
      { call: 'ec2:CreateImage', status: 403, code: 'UnauthorizedOperation' },
      /EC2_DENIED .*ec2:CreateImage/,
    ],
    [
      'hosts may not be stopped',
      { call: 'ec2:StopInstances', status: 403, code: 'UnauthorizedOperation' },
      /EC2_DENIED .*ec2:StopInstances/,
    ],
    ['AWS never answers', { call: 'ec2:CreateImage', drop: 'after', times: 100 }, /EC2_NETWORK/],
  ])('when %s', async (_, fault, sentence) => {
    const { command } = openOwnProject(FILES)
    await rig.fault(fault)
    expect(await command(['bake']).ended).toMatchObject({ code: 1, stderr: expect.stringMatching(sentence) })
    expect(await leftovers()).toEqual([])
  })
})

test('one image is made when the answer is lost on the way', async () => {
  const { command } = openOwnProject(FILES)
  await rig.fault({ call: 'ec2:CreateImage', drop: 'after' })
  expect(await command(['bake']).ended).toMatchObject({ code: 0 })
  expect(await images()).toHaveLength(1)
  expect(await alive()).toEqual([])
})

test('the next run ends the stopped host of one that was killed', async () => {
  const { home, command } = openOwnProject(FILES)
  await rig.set({ imaging: 60 })
  const bake = command(['bake'])
  await until(() => bake.output().includes('imaging'), 'the image', 90_000)
  bake.child.kill('SIGKILL')
  await bake.ended
  expect(await alive()).toMatchObject([{ State: { Name: 'stopped' } }])
  await using client = createClient(join(home, 'state/vitest-ec2'))
  const provider = client.open()
  await provider.plan(demand())
  await provider.close()
  expect(client.notices.join()).toMatch(/Ended i-\w+, left by an earlier run/)
  expect(await alive()).toEqual([])
})

test(
  `a bake that is killed at any of ${ROUNDS} moments leaves nothing that the next run does not end, and whole images only`,
  async () => {
    const { home, command } = openOwnProject(FILES)
    for (let round = 0; round < ROUNDS; round += 1) {
      const bake = command(['bake'])
      // From before the first call to when the image is made: spread evenly, each somewhere in its share.
      await new Promise((resolve) => setTimeout(resolve, 1000 + ((round + Math.random()) / ROUNDS) * 16_000))
      bake.child.kill('SIGKILL')
      await bake.ended
    }
    await using client = createClient(join(home, 'state/vitest-ec2'))
    const provider = client.open()
    await provider.plan(demand())
    await provider.close()
    expect(await alive()).toEqual([])
    await expect.poll(async () => (await images()).filter(({ State }) => State !== 'available'), POLL).toEqual([])
    expect(await snapshots()).toHaveLength((await images()).length)
  },
  120_000 + ROUNDS * 20_000,
)

async function images() {
  const { Images = [] } = await aws.describeImages({
    Owners: ['self'],
    Filters: [{ Name: 'tag-key', Values: ['vitest-ec2:owner'] }],
  })
  return Images
}

async function snapshots() {
  const { Snapshots = [] } = await aws.describeSnapshots({
    OwnerIds: ['self'],
    Filters: [{ Name: 'tag-key', Values: ['vitest-ec2:owner'] }],
  })
  return Snapshots
}

async function leftovers(): Promise<unknown[]> {
  return [...(await alive()), ...(await images()), ...(await snapshots())]
}

function environment(home: string): Record<string, string> {
  return { HOME: home, XDG_STATE_HOME: join(home, 'state'), XDG_CACHE_HOME: join(home, 'cache') }
}

/** That were to be sent, by what the run printed. */
function megabytes(output: string): number {
  return Number(/syncing \S+ of (\S+) MB/.exec(output)?.[1] ?? 0)
}
