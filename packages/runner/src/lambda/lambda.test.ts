import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createServer, createServerModuleRunner } from 'vite'
import { expect, it } from 'vitest'
import { lambdaPlugin } from './plugin.ts'

const SHAPES = join(import.meta.dirname, '../../test/lambda')
const VITEST = join(import.meta.dirname, '../../../../node_modules/vitest/vitest.mjs')

it('takes functions of every shape along, or refuses them by name and line', { timeout: 120_000 }, async () => {
  const { numTotalTests, testResults } = await runShapes()
  const failed = testResults.flatMap(({ assertionResults, message }) => [
    ...(message ? [message] : []),
    ...assertionResults
      .filter(({ status }) => status !== 'passed')
      .map((one) => `${one.fullName}: ${one.failureMessages.join()}`),
  ])
  expect(failed).toEqual([])
  expect(numTotalTests).toBe(46)
})

it('works in any Vite server, and sees what changed there', { timeout: 60_000 }, async () => {
  const root = mkdtempSync(join(SHAPES, 'temporary-'))
  const script = (factor: number) => `
    import { local } from 'vitest-pool-ec2/remote'
    import { twice } from './dependency.ts'
    const factor: number = ${factor}
    export async function calculate(): Promise<number> {
      await using host = local()
      return await host.run((n: number) => twice(n) * factor, 1)
    }`
  writeFileSync(join(root, 'dependency.ts'), 'export const twice = (n: number): number => n * 2')
  writeFileSync(join(root, 'script.ts'), script(21))
  const server = await createServer({
    root,
    configFile: false,
    plugins: [lambdaPlugin()],
    server: { middlewareMode: true, ws: false },
  })
  const runner = createServerModuleRunner(server.environments.ssr, { hmr: false })
  const calculate = async () => {
    runner.clearCache()
    return await ((await runner.import('/script.ts')) as { calculate: () => Promise<number> }).calculate()
  }
  try {
    expect(await calculate()).toBe(42)
    writeFileSync(join(root, 'dependency.ts'), 'export const twice = (n: number): number => n * 20')
    await expect.poll(calculate, { timeout: 10_000 }).toBe(420)
    writeFileSync(join(root, 'script.ts'), script(22))
    await expect.poll(calculate, { timeout: 10_000 }).toBe(440)
  } finally {
    await runner.close()
    await server.close()
    rmSync(root, { recursive: true })
  }
})

interface Results {
  numTotalTests: number
  testResults: {
    message: string
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[]
  }[]
}

/** Vitest itself, in a process of its own: the functions are written in its test files. */
async function runShapes(): Promise<Results> {
  const output = join(mkdtempSync('/tmp/lambda-'), 'results.json')
  const args = [VITEST, 'run', '--root', SHAPES, '--reporter=json', `--outputFile=${output}`]
  await new Promise((resolve) => execFile(process.execPath, args, { env: { ...process.env, VITEST: '' } }, resolve))
  return JSON.parse(readFileSync(output, 'utf8')) as Results
}
