import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { alive, rig } from '../packages/runner/test/support/ec2-rig.ts'

const ROOT = join(import.meta.dirname, '..')
const POLL = { timeout: 120_000, interval: 500 }

test('the notebook of a run that was killed is finished on its host, and the next run makes its report', async () => {
  await rig.reset()
  const { folder, start } = open()
  const killed = start('waits')
  await expect.poll(() => existsSync(join(pageOf(folder) ?? '', '../../run.json')), POLL).toBe(true)
  killed.child.kill('SIGKILL')
  const [instance] = await alive()
  const letGo = 'for folder in /var/lib/vitest-ec2/*/runs/*/*/tmp; do touch $folder/enough; done'
  await rig.execute(instance?.InstanceId ?? '', letGo)
  await expect.poll(alive, POLL).toEqual([])
  const notebook = pageOf(folder) ?? ''
  expect(existsSync(join(notebook, 'index.html'))).toBe(false)

  const said = await start('quick').ended
  expect(said).toMatch(
    / EC2 {2}i-\w+ went on after its run was gone, .*: waits.experiment.ts passed\. \d files? brought here, in \S*reports\/20\S+Z-\w+\. What it printed: npx vitest-ec2 logs \d/,
  )
  expect(said).toContain(` Earlier  ${join(notebook, '../../index.html').slice(ROOT.length + 1)}`)
  expect(readFileSync(join(notebook, 'report.md'), 'utf8')).toMatch(/Before[^]*After/)
  const run = JSON.parse(readFileSync(join(notebook, '../../run.json'), 'utf8')) as object
  expect(run).toMatchObject({ status: 'killed', notebooks: [{ status: 'passed', title: 'waits' }] })
}, 300_000)

/** The folder of the notebook, once there is something in it. */
function pageOf(folder: string): string | undefined {
  const reports = join(folder, 'reports')
  const runs = existsSync(reports) ? readdirSync(reports).filter((name) => /^\d{4}-/.test(name)) : []
  const notebooks = runs.map((run) => join(reports, run, 'waits.experiment.ts/waits'))
  return notebooks.find((path) => existsSync(join(path, 'journal.jsonl')))
}

/** A project in the workspace here. */
function open() {
  mkdirSync(join(ROOT, '.rig'), { recursive: true })
  const folder = mkdtempSync(join(ROOT, '.rig/lost-'))
  const home = mkdtempSync(join(tmpdir(), 'home-'))
  onTestFinished(() => {
    for (const path of [folder, home]) rmSync(path, { recursive: true, force: true })
  })
  writeFileSync(
    join(folder, 'vitest.config.ts'),
    `import { ec2 } from 'vitest-pool-ec2'
export default {
  plugins: [ec2({ maxAge: '4m' })],
  test: { include: ['*.experiment.ts'], reporters: ['default', ['vitest-notebook/reporter', { formats: ['html', 'md'] }]] },
}\n`,
  )
  writeFileSync(
    join(folder, 'waits.experiment.ts'),
    `import { existsSync } from 'node:fs'
import { test } from 'vitest-notebook'
test('waits', async ({ notebook }) => {
  notebook.md('Before')
  while (!existsSync('/tmp/enough')) await new Promise((resolve) => setTimeout(resolve, 100))
  notebook.md('After')
})\n`,
  )
  writeFileSync(join(folder, 'quick.experiment.ts'), `import { test } from 'vitest'\ntest('quick', () => {})\n`)
  return {
    folder,
    start: (file: string) => {
      const inherited = Object.entries(process.env).filter(
        ([one]) => !/^(?:VITEST(?:_(?!EC2_).*)?|TEST|NODE_ENV|CI)$/.test(one),
      )
      const env = { ...Object.fromEntries(inherited), NO_COLOR: '1', HOME: home, XDG_STATE_HOME: home }
      const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
      const child = spawn(process.execPath, [vitest, 'run', '--root', folder, '--pool=ec2', file], { cwd: ROOT, env })
      return { child, ended: Promise.all([text(child.stdout), text(child.stderr)]).then((said) => said.join('')) }
    },
  }
}
