import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { createProject } from '../../test/project.ts'
import { openWebhook } from '../../test/webhook.ts'

// Each runs a Vitest of its own.
vi.setConfig({ testTimeout: 60_000 })

const DREAM = {
  'dream.experiment.ts': `import { test } from 'vitest-notebook'
test('Deep Dream', async ({ notebook }) => { notebook.md\`# A dream\` })`,
}
const formats = ['html']

describe('a run that is over', () => {
  it('is in the archive with its pages, and a webhook is told where', async () => {
    await using webhook = await openWebhook()
    using project = createProject(DREAM, {
      formats,
      webhook: webhook.url,
      archive: { url: 'kept', publicUrl: 'https://art.example' },
    })
    const { code, output } = await project.vitest()
    expect(code).toBe(0)
    const [run = ''] = project.runs()
    expect(output).toContain(`https://art.example/${run}/index.html`)
    expect(existsSync(join(project.root, 'kept', run, 'dream.experiment.ts/deep-dream/index.html'))).toBe(true)
    expect(existsSync(join(project.root, 'kept/index.html'))).toBe(true)
    expect(webhook.posted).toEqual([
      expect.objectContaining({ run, status: 'passed', url: `https://art.example/${run}/index.html` }),
    ])
  })

  it('passes with a sentence when the archive does not take it, and fails where it is required', async () => {
    using project = createProject(DREAM, { formats, archive: 'kept' })
    writeFileSync(join(project.root, 'kept'), 'a file, no folder')
    const first = await project.vitest()
    expect(first.code).toBe(0)
    expect(first.output).toMatch(/kept/)
    using strict = createProject(DREAM, { formats, archive: { url: 'kept', required: true } })
    writeFileSync(join(strict.root, 'kept'), 'a file, no folder')
    expect((await strict.vitest()).code).toBe(1)
    expect(existsSync(join(strict.root, 'reports/latest/index.html'))).toBe(true)
  })
})
