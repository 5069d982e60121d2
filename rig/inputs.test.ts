import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { S3 } from '@aws-sdk/client-s3'
import { expect, onTestFinished, test } from 'vitest'
import { alive, aws, rig } from '../packages/runner/test/support/ec2-rig.ts'

const ROOT = join(import.meta.dirname, '..')
const BUCKET = 'inputs-of-somebody'
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
)
const DATA = Buffer.alloc(3 << 20, 'data')
const EXPERIMENT = `
import { readFileSync, statSync } from 'node:fs'
import { fetchInput, picture, test } from 'vitest-notebook'
test('reads', { params: { image: picture('s3://${BUCKET}/art/pixel.png') } }, async ({ params }) => {
  const path = await fetchInput('s3://${BUCKET}/large.bin')
  console.log('has', params.image.name, params.image.data.length, readFileSync(path).length)
  console.log('is', process.env.VITEST_EC2_INSTANCE ?? 'here', statSync(path).ino, 'secret', process.env.AWS_SECRET_ACCESS_KEY)
})`

test('a host reads inputs from S3 by its role where that is allowed, once; a worker here by the credentials of here', async () => {
  await rig.reset()
  const s3 = new S3({ region: 'us-east-1', forcePathStyle: true })
  await s3.createBucket({ Bucket: BUCKET })
  await s3.putObject({ Bucket: BUCKET, Key: 'art/pixel.png', Body: PIXEL })
  await s3.putObject({ Bucket: BUCKET, Key: 'large.bin', Body: DATA })
  const { run, configure } = open()

  configure('')
  const here = await run([])
  expect(here).toMatch(new RegExp(`has pixel.png ${PIXEL.length} ${DATA.length}`))
  expect(here).toContain('is here')

  const refused = await run(['--pool=ec2'])
  expect(refused).toMatch(
    /s3:\/\/inputs-of-somebody\/art\/pixel\.png cannot be had: this may not be read here\. On a host, `iam\.allow`/,
  )

  configure(`iam: { allow: [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::${BUCKET}/*'] }] }`)
  const first = await run(['--pool=ec2'])
  expect(first).toMatch(new RegExp(`has pixel.png ${PIXEL.length} ${DATA.length}`))
  const [, host, file] = /is {"id":"(i-\w+)".*} (\d+) secret undefined/.exec(first) ?? []
  expect(host).toBeDefined()
  const second = await run(['--pool=ec2'])
  expect(second).toContain(`"id":"${host}"`)
  expect(second).toMatch(new RegExp(`has pixel.png ${PIXEL.length} ${DATA.length}[^]*} ${file} secret undefined`))

  // What has changed there is fetched again.
  await s3.putObject({ Bucket: BUCKET, Key: 'large.bin', Body: DATA.subarray(1) })
  expect(await run(['--pool=ec2'])).toMatch(new RegExp(`has pixel.png ${PIXEL.length} ${DATA.length - 1}`))
}, 300_000)

/** A project in the workspace here, of somebody who keeps hosts warm. */
function open() {
  mkdirSync(join(ROOT, '.rig'), { recursive: true })
  const folder = mkdtempSync(join(ROOT, '.rig/inputs-'))
  const home = mkdtempSync(join(tmpdir(), 'home-'))
  writeFileSync(join(folder, 'reads.experiment.ts'), EXPERIMENT)
  const run = (args: string[]) =>
    new Promise<string>((resolve) => {
      const inherited = Object.entries(process.env).filter(
        ([name]) => !/^(?:VITEST(?:_(?!EC2_).*)?|TEST|NODE_ENV)$/.test(name),
      )
      const env = { NO_COLOR: '1', XDG_STATE_HOME: home, HOME: home, VITEST_EC2_KEEP_ALIVE: '10m' }
      const vitest = [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder, ...args]
      const options = { cwd: ROOT, env: { ...Object.fromEntries(inherited), ...env } }
      execFile(process.execPath, vitest, options, (_error, stdout, stderr) => resolve(stdout + stderr))
    })
  onTestFinished(async () => {
    const ids = (await alive()).flatMap(({ InstanceId }) => InstanceId ?? [])
    if (ids.length > 0) await aws.terminateInstances({ InstanceIds: ids })
    for (const path of [folder, home]) rmSync(path, { recursive: true, force: true })
  })
  return {
    run,
    configure: (options: string) =>
      writeFileSync(
        join(folder, 'vitest.config.ts'),
        `import { ec2 } from 'vitest-pool-ec2'
export default {
  plugins: [ec2({ sync: { include: ['${relative(ROOT, folder)}/**'] }, env: ['AWS_ENDPOINT_URL'], ${options} })],
  test: { include: ['*.experiment.ts'], reporters: ['default', 'vitest-notebook/reporter'] },
}\n`,
      ),
  }
}
