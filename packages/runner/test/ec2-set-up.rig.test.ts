import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import type { HostPhase } from '../src/fleet/compute-provider.ts'
import { describePhase } from '../src/fleet/describe-phase.ts'
import type { SetupStep } from '../src/options-setup.ts'
import type { Ec2Options } from '../src/options.ts'
import { alive, createClient, demand, launch, rig, type Client } from './support/ec2-rig.ts'
import { openOwnProject } from './support/own-project.ts'

const signal = new AbortController().signal
const options = { signal, onPhase: () => {} }

beforeEach(() => rig.reset())

test('sets a new host up by its commands, and not again', async () => {
  await using client = createClient()
  const setup = ['echo once >> "$HOME/made"', 'sudo sh -c "id -un > /root-was-here"; cd /; pwd']
  const phases: string[] = []
  const onPhase = (phase: HostPhase) => void phases.push(describePhase(phase))
  const first = client.open({ keepAlive: '10m' })
  const host = await launch(first, demand({ setup }))
  const connection = await host.connect({ signal, onPhase })
  expect((await connection.exec('cat made /root-was-here')).stdout).toBe('once\nroot\n')
  expect(phases).toEqual(expect.arrayContaining(setup.map((command) => `installing ${command}`)))
  await host.keepWarm(new Date(Date.now() + 10 * 60_000))
  await connection.close()

  const second = client.open({ keepAlive: '10m' })
  expect(await second.findWarm(demand({ setup: ['true'] }))).toEqual([]) // another host
  const [warm] = await second.findWarm(demand({ setup }))
  const again = await warm!.connect(options)
  expect((await again.exec('cat made')).stdout).toBe('once\n')
  await again.close()
})

test('says which command of the setup failed, and what it said', async () => {
  await using client = createClient()
  const host = await launch(client.open(), demand({ setup: ['echo fine', 'echo no such thing >&2; exit 3'] }))
  await expect(host.connect(options)).rejects.toMatchObject({
    code: 'EC2_HOST',
    message: expect.stringMatching(
      /^`echo no such thing >&2; exit 3` of `setup` ended with status 3 on .*: no such thing$/,
    ),
  })
})

test('a recipe is installed by its name; what it says is told with its host, and what to do', async () => {
  await using client = createClient()
  const host = await launch(client.open(), demand({ instanceTypes: ['c7i.xlarge'], setup: ['tfjs-gpu'] }))
  const phases: string[] = []
  await expect(
    host.connect({ signal, onPhase: (phase) => void phases.push(describePhase(phase)) }),
  ).rejects.toMatchObject({
    code: 'EC2_HOST',
    message: expect.stringMatching(
      /^`tfjs-gpu` of `setup` could not be installed on ubuntu@[\d.]+: There is no NVIDIA GPU$/,
    ),
    fix: 'Give this kind of host `gpu: 1` and types that have one, such as g4dn.xlarge.',
    data: { recipe: 'tfjs-gpu' },
  })
  expect(phases).toContain('installing tfjs-gpu')
})

const ID = '/proc/sys/kernel/random/uuid'
const TOOL = {
  run: `mkdir -p "$HOME/a tool" && cp ${ID} "$HOME/a tool/id" && chmod 750 "$HOME/a tool/id" && sudo install -D -m 640 ${ID} /opt/tool/id && cp ${ID} "$HOME/undeclared"`,
  outputs: ['~/a tool', '/opt/tool'],
}
const LOOK = 'stat -c "%U %a" "$HOME/a tool/id" /opt/tool/id; cat "$HOME/a tool/id"; sudo cat /opt/tool/id; ls "$HOME"'

/** What a new host of that setup shows, which is gone afterwards. */
async function look(client: Client, setup: SetupStep[], options: Ec2Options = {}): Promise<string[]> {
  const host = await launch(client.open(options), demand({ setup }))
  const connection = await host.connect({ signal, onPhase: () => {} })
  const { stdout } = await connection.exec(LOOK)
  await connection.close()
  await host.terminate('seen')
  return stdout.trim().split('\n')
}

test('what a command makes and declares is made once, and brought to the next host as it was, by the bucket', async () => {
  await using client = createClient()
  const first = await look(client, ['true', TOOL])
  expect(first).toEqual([
    'ubuntu 750',
    'root 640',
    expect.stringMatching(/^[\w-]{36}$/),
    expect.stringMatching(/^[\w-]{36}$/),
    'a tool',
    'undeclared',
  ])
  await using colleague = createClient()
  expect(await look(colleague, ['true', TOOL])).toEqual(first.slice(0, -1))
  const afterAnother = await look(client, ['true && true', TOOL])
  expect(afterAnother).toEqual([...first.slice(0, 2), expect.any(String), expect.any(String), 'a tool', 'undeclared'])
  expect(afterAnother.slice(2, 4)).not.toEqual(first.slice(2, 4))
  expect([...client.notices, ...colleague.notices]).toEqual([])
})

test('what a command makes is made on each host where no bucket keeps it', async () => {
  await using client = createClient()
  await rig.fault({ call: 's3:PUT /*/setups/*', times: 20, status: 403, code: 'AccessDenied' })
  const first = await look(client, [TOOL])
  expect(client.notices).toEqual([
    expect.stringMatching(/^The bucket does not keep what `mkdir .*` of `setup` makes: curl: .*403/),
  ])
  await rig.reset()
  const second = await look(client, [TOOL], { bucket: false })
  expect(second.slice(2, 4)).not.toEqual(first.slice(2, 4))
  expect(second).toContain('undeclared')
})

test('says what a command has not made that it declares', async () => {
  await using client = createClient()
  const setup = [{ run: 'true', outputs: ['~/nothing'] }]
  const host = await launch(client.open(), demand({ setup }))
  await expect(host.connect(options)).rejects.toMatchObject({
    code: 'EC2_HOST',
    message: expect.stringMatching(/^`~\/nothing` is not on .* after the command that has it in its `outputs`$/),
  })
})

const MINE = '/opt/vitest-ec2/mine'
const INSTALL = [
  `sudo install -d -o "$(id -un)" ${MINE}`,
  `mkdir -p ${MINE}/node_modules/@host/library`,
  `echo "module.exports = 'installed there'" > ${MINE}/node_modules/@host/library/index.js`,
  `printf 'NODE_PATH=%s\\nMODEL=large\\n' ${MINE}/node_modules > ${MINE}/environment`,
  'echo once >> "$HOME/runs"',
].join(' && ')

const FILES = {
  'package.json': `{ "name": "project", "private": true, "type": "module", "devDependencies": { "vitest": "*" } }\n`,
  'vitest.config.ts': `
import { defineConfig } from 'vitest/config'
import { ec2 } from 'vitest-pool-ec2'
const setup = ${JSON.stringify([{ run: INSTALL, outputs: [MINE] }])}
export default defineConfig({
  plugins: [ec2({ sync: { exclude: ['.pool'] }, keepAlive: 0, hosts: { default: { gpu: 1, setup } } })],
})\n`,
  'a.test.ts': `// @module-tag experiment
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
test('there', () => {
  expect(createRequire(import.meta.url)('@host/library')).toBe('installed there')
  expect(process.env.MODEL).toBe('large')
})\n`,
}

test('workers find what was installed on their host, by the variables that it asks for', async () => {
  const { project, home } = openOwnProject(FILES)
  const run = await project.vitest(['run', '--pool=ec2'], { env: { HOME: home, XDG_STATE_HOME: `${home}/state` } })
  expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('Tests  1 passed') })
  expect(await alive()).toEqual([])
})

test('what was installed is there on hosts that start from an image of one that had it', async () => {
  const { home, command } = openOwnProject(FILES)
  expect(await command(['bake']).ended).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('installing sudo install -d'),
  })
  await using client = createClient(join(home, 'state/vitest-ec2'))
  const host = await launch(client.open(), demand({ setup: [{ run: INSTALL, outputs: [MINE] }] }))
  const connection = await host.connect(options)
  const { stdout } = await connection.exec(`cat ${MINE}/environment ${MINE}/node_modules/@host/library/index.js runs`)
  expect(stdout).toBe(`NODE_PATH=${MINE}/node_modules\nMODEL=large\nmodule.exports = 'installed there'\nonce\n`)
  await connection.close()
})
