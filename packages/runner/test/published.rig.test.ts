import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { openOwnedHost } from './support/owned-host.ts'
import { createProject } from './support/project.ts'

const PACKAGES = join(import.meta.dirname, '../..')

/** What `npm publish` would send, in the place of the sources. */
beforeAll(() => void execFileSync(process.execPath, [join(PACKAGES, '../scripts/build.ts')]), 120_000)

it('works on a host as it is published: JavaScript, declarations, the script of views', async () => {
  await using host = await openOwnedHost()
  await using project = createProject({
    files: {
      'vitest.config.ts': `import { defineConfig } from 'vitest/config'
import { ec2 } from 'vitest-pool-ec2'
export default defineConfig({ plugins: [ec2({ sync: { exclude: ['.pool'] } })] })
`,
      'a.test.ts': `// @module-tag experiment
import { expect, test } from 'vitest'
test('there', () => expect([process.env.VITEST_EC2, 1 + 1]).toEqual(['1', 2]))
`,
    },
  })
  const installed = join(project.root, 'node_modules/vitest-pool-ec2')
  rmSync(installed)
  cpSync(join(PACKAGES, 'runner/dist'), installed, { recursive: true })
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    private?: boolean
    exports: unknown
  }
  expect(manifest).toMatchObject({ exports: { '.': { types: './index.d.ts', default: './index.js' } } })
  expect(manifest.private).toBeUndefined()
  const run = await project.vitest(['run', '--pool=ec2'], { env: host.env })
  expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('Tests  1 passed (1)') })
  const help = execFileSync(process.execPath, [join(installed, 'cli/main.js'), '--help'], { encoding: 'utf8' })
  expect(help).toContain('doctor')
})

it('reports as it is published', async () => {
  await using project = createProject({
    files: {
      'vitest.config.ts': `export default { test: { include: ['*.experiment.ts'], reporters: ['default', 'vitest-notebook/reporter'] } }\n`,
      'a.experiment.ts': `import { test } from 'vitest-notebook'
test('Published', async ({ notebook, expect }) => {
  notebook.md('# As it is published')
  expect(await notebook.code('add', async () => 1 + 1)).toBe(2)
})
`,
    },
    packages: Object.keys(dependenciesOf('reporter')),
  })
  const installed = join(project.root, 'node_modules/vitest-notebook')
  mkdirSync(installed)
  cpSync(join(PACKAGES, 'reporter/dist'), installed, { recursive: true })
  const run = await project.vitest(['run'])
  expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('Reports  reports/latest/index.html') })
  for (const file of ['index.html', 'report.md', 'report.pdf']) {
    expect(existsSync(join(project.root, 'reports/latest/a.experiment.ts/published', file))).toBe(true)
  }
})

function dependenciesOf(name: string): Record<string, string> {
  const manifest = JSON.parse(readFileSync(join(PACKAGES, name, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  return manifest.dependencies
}
