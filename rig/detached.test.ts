import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { S3 } from '@aws-sdk/client-s3'
import { SESv2 } from '@aws-sdk/client-sesv2'
import { expect, onTestFinished, test } from 'vitest'
import { alive, rig } from '../packages/runner/test/support/ec2-rig.ts'

const ROOT = join(import.meta.dirname, '..')
const BUCKET = 'reports-of-somebody'
const ADA = 'ada@art.example'
/** What experiments need and this one does not: packages of half a gigabyte. */
const HEAVY = [
  '@tensorflow/*',
  'onnxruntime-*',
  '@expo-google-fonts/noto-sans-jp',
  'pdfjs-dist',
  'typescript',
  'playwright-core',
]
const ALLOW = [
  { actions: ['s3:GetObject', 's3:PutObject'], resources: [`arn:aws:s3:::${BUCKET}/*`] },
  { actions: ['s3:ListBucket'], resources: [`arn:aws:s3:::${BUCKET}`] },
  { actions: ['ses:SendEmail'], resources: ['*'] },
]

test('a detached run archives its reports and mails them, by the role of its host', async () => {
  await rig.reset()
  const s3 = new S3({ region: 'us-east-1', forcePathStyle: true })
  await s3.createBucket({ Bucket: BUCKET })
  await new SESv2({ region: 'us-east-1' }).createEmailIdentity({ EmailIdentity: ADA })
  const { folder, vitestEc2 } = open()
  const run = await vitestEc2(['run', '--', '--root', folder, '--pool=ec2'])
  expect(run).toMatch(/Tests {2}1 passed[^]*Reports .*s3:\/\/reports-of-somebody\/art\/.*index\.html[^]*exit code 0/)
  await expect.poll(alive, { timeout: 60_000 }).toEqual([])

  const reports = join(folder, 'reports')
  const name = readdirSync(reports).find((one) => /^\d{4}-/.test(one)) ?? ''
  const record = JSON.parse(readFileSync(join(reports, name, 'run.json'), 'utf8')) as object
  const host = { id: expect.stringMatching(/^i-/), usd: expect.any(Number) }
  expect(record).toMatchObject({ status: 'passed', commit: expect.stringMatching(/^[0-9a-f]{40}$/), hosts: [host] })

  const { Contents = [] } = await s3.listObjectsV2({ Bucket: BUCKET })
  const pages = ['index.html', `${name}/index.html`, `${name}/run.json`].map((page) => `art/${page}`)
  expect(Contents.map(({ Key }) => Key)).toEqual(expect.arrayContaining(pages))
  // One as it begins, one as it ends.
  expect(await rig.mails()).toHaveLength(2)
}, 300_000)

/** A project in the workspace here. */
function open() {
  mkdirSync(join(ROOT, '.rig'), { recursive: true })
  const folder = mkdtempSync(join(ROOT, '.rig/detached-'))
  const home = mkdtempSync(join(tmpdir(), 'home-'))
  onTestFinished(() => {
    for (const path of [folder, home]) rmSync(path, { recursive: true, force: true })
  })
  const sync = { include: [`${relative(ROOT, folder)}/**`], exclude: HEAVY.map((name) => `node_modules/${name}`) }
  const reporter = { archive: `s3://${BUCKET}/art`, mail: { to: ADA } }
  writeFileSync(
    join(folder, 'vitest.config.ts'),
    `import { ec2 } from 'vitest-pool-ec2'
export default {
  plugins: [ec2(${JSON.stringify({ sync, iam: { allow: ALLOW }, maxAge: '20m' })})],
  test: { include: ['*.experiment.ts'], reporters: ['default', ['vitest-notebook/reporter', ${JSON.stringify(reporter)}]] },
}\n`,
  )
  writeFileSync(
    join(folder, 'writes.experiment.ts'),
    `import { test } from 'vitest-notebook'\ntest('writes', ({ notebook }) => notebook.md('Hello'))\n`,
  )
  return {
    folder,
    vitestEc2: (args: string[]) =>
      new Promise<string>((resolve) => {
        const inherited = Object.entries(process.env).filter(
          ([one]) => !/^(?:VITEST(?:_(?!EC2_).*)?|TEST|NODE_ENV|CI)$/.test(one),
        )
        const env = { ...Object.fromEntries(inherited), NO_COLOR: '1', HOME: home, XDG_STATE_HOME: home }
        const command = [join(ROOT, 'packages/runner/src/cli/main.ts'), ...args]
        execFile(process.execPath, command, { cwd: ROOT, env }, (_error, stdout, stderr) => resolve(stdout + stderr))
      }),
  }
}
