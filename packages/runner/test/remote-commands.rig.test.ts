import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { createClient, launch, rig, type Client } from './support/ec2-rig.ts'
import { openOwnedHost } from './support/owned-host.ts'

const MAIN = join(import.meta.dirname, '../src/cli/main.ts')
const never = { signal: new AbortController().signal, onPhase: () => {} }

describe('commands for hosts that run', () => {
  beforeEach(() => rig.reset())

  it('run a program there, with its output and its status', async () => {
    await using client = createClient()
    const host = await launch(client.open())
    await host.connect(never)
    expect(await run(client, ['exec', '--', 'sh', '-c', 'echo "$1"; whoami; exit 3', 'sh', "it's"])).toEqual({
      code: 3,
      stdout: expect.stringMatching(/^it's\n\w+\n$/),
      stderr: '',
    })
    const { stdout } = await run(client, ['exec', host.id, '--json', '--', 'uname'])
    expect(JSON.parse(stdout)).toEqual({ code: 0, stdout: 'Linux\n', stderr: '' })
    const shell = await run(client, ['ssh', host.id])
    expect(shell.code).toBe(0)
    const logs = await run(client, ['logs', '-n', '3'])
    expect(logs).toMatchObject({ code: 0, stdout: expect.stringContaining('── /var/log/cloud-init-output.log') })
    await host.terminate('the test is over')
    expect(await run(client, ['exec', '--', 'true'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^EC2_HOST {2}No host of .* runs in us-east-1/),
    })
  })

  it('ask for a name where several run, and for a command where there is none', async () => {
    await using client = createClient()
    const [one, two] = [await launch(client.open()), await launch(client.open())]
    const { code, stderr } = await run(client, ['exec', '--', 'true'])
    expect(code).toBe(1)
    for (const { id } of [one, two]) expect(stderr).toContain(id)
    expect((await run(client, ['exec'])).stderr).toContain('There is no command to run')
    expect((await run(client, ['logs', '-n', 'many'])).stderr).toContain(
      'Expected `--lines` to be a positive integer, got `many`',
    )
    expect((await run(client, ['exec', 'i-0123456789abcdef0', '--', 'true'])).stderr).toContain(
      'i-0123456789abcdef0 is not in us-east-1',
    )
  })

  it('refuse a machine whose key nobody knows', async () => {
    await using client = createClient()
    await using owned = await openOwnedHost()
    const there = ['exec', owned.env['VITEST_EC2_HOST'] ?? '', '--', 'true']
    expect(await run(client, there, owned.env)).toMatchObject({ code: 0 })
    rmSync(join(owned.env['HOME'] ?? '', '.ssh/known_hosts'))
    expect(await run(client, there, owned.env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('EC2_HOST_KEY'),
    })
  })
})

async function run(
  client: Client,
  args: string[],
  more: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, XDG_STATE_HOME: dirname(client.stateDir), ...more }
  return await new Promise((resolve) => {
    const child = execFile(process.execPath, [MAIN, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
    child.stdin?.end('exit 0\n')
  })
}
