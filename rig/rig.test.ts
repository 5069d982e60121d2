import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseRigOptions } from './options.ts'

const MAIN = join(import.meta.dirname, 'main.ts')
const RUNNER = join(import.meta.dirname, '../packages/runner/package.json')
const AWS = 'http://172.31.0.1:5000'
/** An instance that nobody ends, made with what every machine has. */
const LAUNCH = `node --input-type=module -e '
import { EC2 } from "${createRequire(RUNNER).resolve('@aws-sdk/client-ec2')}"
const ec2 = new EC2({})
await ec2.runInstances({ ImageId: "ami-785db401", InstanceType: "g4dn.xlarge", MinCount: 1, MaxCount: 1 })
'`
const RUNNING = `until curl -s ${AWS}/rig/machines | grep -q i-; do sleep 0.1; done`

test('runs a command where AWS is a stand-in and nothing else can be reached', async () => {
  const { code, stdout } = await rig(
    'sh',
    '-c',
    'echo $AWS_ENDPOINT_URL; ip route | grep -c default; curl -sm1 http://192.0.2.1; exit 7',
  )
  expect(code).toBe(7)
  expect(stdout).toBe(`${AWS}\n0\n`)
})

test('keeps the credentials and the state of the caller out of it', async () => {
  const script = 'echo "$AWS_PROFILE $AWS_ACCESS_KEY_ID $AWS_CONFIG_FILE"; ls $XDG_STATE_HOME | wc -l'
  const { stdout } = await run(['sh', '-c', script], { AWS_PROFILE: 'company', AWS_ACCESS_KEY_ID: 'AKIACOMPANY' })
  expect(stdout).toBe(' rig /dev/null\n0\n')
})

test('tells what a command left, and fails for it', async () => {
  expect(await rig('true')).toMatchObject({ code: 0, stderr: 'rig: no instance is left\n' })
  const { code, stderr } = await rig('--init', 'script', 'sh', '-c', `${LAUNCH}; ${RUNNING}`)
  expect(code).toBe(1)
  expect(stderr).toMatch(/^rig: left in the account: 1 instance\n {2}i-\w+ g4dn\.xlarge running\n$/)
})

test('says what it did not understand', async () => {
  expect(await rig('--frobnicate', 'true')).toMatchObject({
    code: 126,
    stderr: 'rig: There is no option --frobnicate\n',
  })
  expect(await rig()).toMatchObject({ code: 126, stderr: 'rig: No command was given\n' })
  expect(await rig('no-such-command')).toMatchObject({
    code: 127,
    stderr: expect.stringContaining('no-such-command: No such file'),
  })
  expect(() => parseRigOptions(['--memory', 'much', 'true'])).toThrow(
    'Expected a size such as 2G for --memory, got much',
  )
  expect(parseRigOptions(['--delay=25', 'vitest', '--delay', '1'])).toMatchObject({
    delay: 0.025,
    command: ['vitest', '--delay', '1'],
  })
})

test('passes Ctrl-C on, once', async () => {
  const child = spawn(
    process.execPath,
    [MAIN, 'sh', '-c', 'trap "echo interrupted; exit 3" INT; echo up; while :; do sleep 0.1; done'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  let said = ''
  for await (const chunk of child.stdout) {
    if (said === '') child.kill('SIGINT')
    said += String(chunk)
  }
  expect(said).toBe('up\ninterrupted\n')
  expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(3)
})

test('leaves no process, mount, namespace or cgroup behind when its launcher is killed', async () => {
  const child = spawn(process.execPath, [MAIN, 'sh', '-c', `${LAUNCH}; ${RUNNING}; echo up; sleep 1000`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await once(child.stdout, 'data')
  const own = netOf(process.pid)
  const processes = descendantsOf(child.pid!)
  const namespaces = new Set(processes.map(({ pid }) => netOf(pid)).filter((net) => net !== own && net !== ''))
  const cgroups = new Set(processes.flatMap(({ pid }) => cgroupsOf(pid)))
  expect(processes.length).toBeGreaterThan(5)
  expect(namespaces.size).toBe(2) // the rig's, and its machine's
  expect(cgroups.size).toBeGreaterThan(0)
  const mounts = mountsOf()
  child.kill('SIGKILL')
  await once(child, 'exit')
  const left = () => {
    const all = allProcesses()
    return {
      processes: processes.filter((one) =>
        all.some((other) => other.pid === one.pid && other.startedAt === one.startedAt),
      ),
      namespaces: all.map(({ pid }) => netOf(pid)).filter((net) => namespaces.has(net)),
      cgroups: globSync([...cgroups].map((name) => `/sys/fs/cgroup/**/${name}`)),
      mounts: mountsOf().filter((mount) => !mounts.includes(mount)),
    }
  }
  await expect
    .poll(left, { timeout: 20_000, interval: 100 })
    .toEqual({ processes: [], namespaces: [], cgroups: [], mounts: [] })
})

interface Process {
  pid: number
  parent: number
  /** ticks since the boot: two processes of one id differ in it */
  startedAt: number
}

/** Other rigs may run beside this one: what belongs to one is what its launcher started. */
function descendantsOf(pid: number): Process[] {
  const all = allProcesses()
  const below = (parent: number): Process[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)])
  return below(pid)
}

function allProcesses(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const fields = read(`/proc/${name}/stat`).split(') ').at(-1)!.split(' ')
      return fields.length > 19 ? [{ pid: Number(name), parent: Number(fields[1]), startedAt: Number(fields[19]) }] : []
    })
}

function netOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`)
  } catch {
    return '' // it has ended
  }
}

/** Names of those that the rig made, which systemd divides further. */
function cgroupsOf(pid: number): string[] {
  return [...read(`/proc/${pid}/cgroup`).matchAll(/\/(rig-[^/\n]+)/g)].map(([, name]) => name!)
}

function mountsOf(): string[] {
  return read('/proc/self/mountinfo').trim().split('\n')
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function rig(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return run(args)
}

function run(args: string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

test('makes the line to a machine longer, and cuts it', async () => {
  const host = (await control('host', {})) as { id: string; host: string }
  const greeted = async () => {
    const socket = connect(22, host.host)
    const startedAt = performance.now()
    await once(socket, 'data')
    return { socket, ms: performance.now() - startedAt }
  }
  await control('line', { delay: 0.1 })
  const { socket, ms } = await greeted()
  // There and back for the handshake, and the greeting's way.
  expect(ms).toBeGreaterThan(290)
  const [[error]] = await Promise.all([once(socket, 'error'), control('line', { cut: true })])
  expect(error).toMatchObject({ code: 'ECONNRESET' })
  await control('line', { refused: true })
  await expect(greeted()).rejects.toThrow('ECONNRESET')
  await control('line', {})
  ;(await greeted()).socket.destroy()
  await control('stop', { id: host.id })
})

test('starts machines wherever the repository lies, also below a folder that they never have', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rig-clone-'))
  const { id } = (await control('host', { hide: [folder, '/tmp/not-there'] })) as { id: string }
  expect(await control('execute', { id, command: `ls ${folder}` })).toMatchObject({ code: 2 })
  await control('stop', { id })
})

test('lets machines see neither each other nor the rig', async () => {
  const [one, other] = (await Promise.all([control('host', {}), control('host', {})])) as { id: string; host: string }[]
  const command = `curl -sm1 telnet://${other!.host}:22; echo $?; curl -sm2 -o /dev/null -w '%{http_code}' ${AWS}/rig/machines; ls /home ${import.meta.dirname}`
  const { stdout } = (await control('execute', { id: one!.id, command })) as { stdout: string }
  expect(stdout).toMatch(/^28\n403.*\n?dev\n?$/s)
  for (const { id } of [one!, other!]) await control('stop', { id })
})

async function control(path: string, body: object): Promise<unknown> {
  const answer = await fetch(`${process.env['AWS_ENDPOINT_URL']}/rig/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  })
  return await answer.json()
}
