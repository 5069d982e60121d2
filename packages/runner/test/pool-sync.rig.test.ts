import { createHash, randomBytes } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from './local-host.ts'
import { openOwnedHost, type OwnedHost } from './support/owned-host.ts'
import { createProject, type Project, type VitestRun } from './support/project.ts'

const CONFIG = `
import { defineConfig } from 'vitest/config'
import { ec2 } from 'vitest-pool-ec2'
export default defineConfig({ plugins: [ec2({ sync: { exclude: ['.pool'] } })] })
`
const TEST = `// @module-tag experiment
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
test('has what was sent', () => {
  expect(process.env.VITEST_EC2).toBe('1')
  const names = readdirSync('.').filter((name) => name.endsWith('.bin'))
  expect(names).toContain('first.bin')
  for (const name of names) {
    const hash = createHash('sha256').update(readFileSync(name)).digest('hex')
    expect(hash).toBe(readFileSync(name.replace('.bin', '.sha256'), 'utf8'))
  }
})
`

describe('the files of a run with --pool=ec2', { timeout: 120_000 }, () => {
  let disk: string
  let host: OwnedHost
  let project: Project

  beforeAll(async () => {
    disk = mkdtempSync(join(tmpdir(), 'disk-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=500m', 'disk', disk])
    host = await openOwnedHost(undefined, disk)
    project = createProject({ files: { 'vitest.config.ts': CONFIG, 'a.test.ts': TEST } })
  })
  afterAll(async () => {
    await project[Symbol.asyncDispose]()
    await host[Symbol.asyncDispose]()
    execFileSync('umount', ['--lazy', disk])
    rmSync(disk, { recursive: true })
  })

  const run = () => project.vitest(['run', '--pool=ec2'], host)
  const packs = () => join(disk, '0/store/packs')
  const unfinished = () => readdirSync(packs()).filter((name) => name.startsWith('tmp-'))
  const passed = { code: 0, stdout: expect.stringContaining('Tests  1 passed (1)') as string }

  /** Adds a file that nothing makes smaller, with its hash beside it, and returns that. */
  function addFile(name: string, bytes: number): string {
    const content = randomBytes(bytes)
    const hash = createHash('sha256').update(content).digest('hex')
    writeFileSync(join(project.root, `${name}.bin`), content)
    writeFileSync(join(project.root, `${name}.sha256`), hash)
    return hash
  }

  it('are sent again where the host lost a part of them', async () => {
    const hash = addFile('first', 1 << 20)
    expect(await run()).toMatchObject(passed)
    const pack = readdirSync(packs()).find((name) => readdirSync(join(packs(), name)).includes(hash))
    truncateSync(join(packs(), pack!, hash), 1000)
    project.write({ 'other.ts': 'export {}' }) // another tree, of which that pack is a part
    expect(await run()).toMatchObject(passed)
  })

  it('arrive once and whole from two clients at once', async () => {
    addFile('both', 8 << 20)
    const runs: VitestRun[] = await Promise.all([run(), run()])
    for (const one of runs) expect(one).toMatchObject(passed)
    expect(unfinished()).toEqual([])
  })

  it('are sent by the next run when a client was killed while it sent them', async () => {
    addFile('killed', 48 << 20)
    const { child, ended } = project.start(['run', '--pool=ec2'], host)
    await until(() => unfinished().length > 0, 'a pack on its way', 60_000)
    child.kill('SIGKILL')
    await ended
    await until(() => unfinished().length === 0, 'the host to remove what did not arrive')
    expect(await run()).toMatchObject(passed)
  })

  it('that do not fit on the disk of the host are named with what is missing', async () => {
    addFile('large', 32 << 20)
    const { bavail, bsize } = statfsSync(disk)
    const filler = join(disk, 'filler')
    writeFileSync(filler, Buffer.alloc(bavail * bsize - (12 << 20), 'x'))
    const { code, stderr } = await run()
    expect(code).toBe(1)
    expect(stderr).toMatch(/The disk of the host is full: \S+ has [\d.]+ MB left, and 3\d\.\d MB are needed/)
    expect(stderr).toContain('Give the host a larger disk')
    rmSync(filler)
    expect(await run()).toMatchObject(passed)
  })
})
