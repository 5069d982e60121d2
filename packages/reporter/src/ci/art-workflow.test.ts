import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, vi } from 'vitest'
import { parseArtInputs } from '../../../../scripts/ci/art-inputs.ts'
import { TestGitHub } from '../../test/github.ts'
import { createProject } from '../../test/project.ts'

// Runs a Vitest of its own.
vi.setConfig({ testTimeout: 60_000 })

const ROOT = join(import.meta.dirname, '../../../..')
const DREAM = `import { test } from 'vitest-notebook'
test('Deep Dream', { params: { size: 512, name: 'earth' } }, async ({ notebook, params }) => {
  const data = new Uint8Array(64 * 48 * 3).fill(99)
  notebook.image({ data, width: 64, height: 48, channels: 3 }, { alt: params.name + ' at ' + params.size })
})`

async function runArt(root: string, env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^VITEST|^TEST$|^NODE_ENV$|^CI$|^GITHUB_/.test(name),
  )
  const child = spawn(process.execPath, [join(ROOT, 'scripts/ci/run-art.ts')], {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const code = new Promise<number | null>((resolve) => void child.once('close', resolve))
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, output: stdout + stderr }
}

describe("the art's workflow", () => {
  it('runs the experiment with the parameters that were asked for, and posts the report with its picture', async () => {
    await using github = await TestGitHub.start()
    using project = createProject({ 'dream.experiment.ts': DREAM }, { ci: { images: 'branch' }, formats: ['html'] })
    const [event, summary] = [join(project.root, 'event.json'), join(project.root, 'summary.md')]
    const inputs = {
      experiment: 'dream.experiment.ts',
      params: 'size=64; name=moon & sea',
      pool: 'here',
      'pull-request': '7',
    }
    writeFileSync(event, JSON.stringify({ inputs }))
    const { code, output } = await runArt(project.root, {
      ART_INPUTS: JSON.stringify(inputs),
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_TOKEN: 'secret',
      GITHUB_REPOSITORY: 'art/paintings',
      GITHUB_API_URL: github.url,
      GITHUB_EVENT_PATH: event,
      GITHUB_STEP_SUMMARY: summary,
    })
    expect(output).toContain('1 passed')
    expect(code).toBe(0)
    expect(await project.read('dream.experiment.ts/deep-dream')).toMatchObject({
      begin: { parameters: { values: { size: 64, name: 'moon & sea' } } },
    })
    const { body } = github.comments.find(({ issue }) => issue === 7)!
    expect(body).toContain('## ✅ Notebooks: passed')
    const [, commit, picture] = /paintings\/raw\/(\w{40})\/(\w+\.webp)/.exec(body)!
    expect(github.files(commit!).has(picture!)).toBe(true)
    expect(readFileSync(summary, 'utf8')).toContain('Deep Dream')
  })

  it('refuses inputs that are no experiment or no parameters, in a sentence', async () => {
    const inputs = (change: object) => JSON.stringify({ experiment: 'a.experiment.ts', ...change })
    expect(() => parseArtInputs(inputs({ experiment: '../x.experiment.ts' }))).toThrow(
      'Expected the input `experiment`',
    )
    expect(() => parseArtInputs(inputs({ experiment: '--config=x.experiment.ts' }))).toThrow(
      'Expected the input `experiment`',
    )
    expect(() => parseArtInputs(inputs({ experiment: '-w.experiment.ts' }))).toThrow('Expected the input `experiment`')
    expect(() => parseArtInputs(inputs({ params: 'size=1; rm -rf' }))).toThrow('got `rm -rf` in it')
    expect(() => parseArtInputs(inputs({ pool: 'mars' }))).toThrow('Expected the input `pool`')
    expect(parseArtInputs(inputs({ params: 'a=1;b=x=y' }))).toEqual({
      experiment: 'a.experiment.ts',
      params: ['a=1', 'b=x=y'],
      pool: 'ec2',
    })
    const evil = await runArt(ROOT, { ART_INPUTS: inputs({ experiment: 'a.ts\n::add-path::/tmp' }) })
    expect([evil.code, evil.output.match(/^::.*/gm)]).toEqual([
      2,
      [expect.stringContaining('`a.ts%0A::add-path::/tmp`')],
    ])
    const { code, output } = await runArt(ROOT, {})
    expect([code, output]).toEqual([
      2,
      expect.stringContaining('::error::Expected the workflow to hand its inputs over'),
    ])
  })

  it('takes a role instead of a key, lets no input into a shell, and names files that are there', async () => {
    const workflow = await readFile(join(ROOT, '.github/workflows/art.yml'), 'utf8')
    expect(workflow).toMatch(/id-token: write/)
    expect(workflow).toMatch(/role-to-assume: \$\{\{ vars\.AWS_ROLE_ARN \}\}/)
    expect(workflow).not.toMatch(/secrets\.|AWS_SECRET|ACCESS_KEY/)
    const commands = [...workflow.matchAll(/^\s*(?:- )?run: (.*)$/gm)].map(([, command]) => command!)
    expect(commands.filter((command) => command.includes('${{'))).toEqual([])
    const files = [...workflow.matchAll(/[\w/.-]+\.ts\b/g)].map(([file]) => file)
    expect(files.length).toBeGreaterThan(4)
    for (const file of files) expect(await readFile(join(ROOT, file), 'utf8')).not.toBe('')
  })

  it.each(['art.yml', 'ci.yml'])(
    '%s pins what others wrote, grants little, and keeps tokens from what it installs',
    async (name) => {
      const workflow = await readFile(join(ROOT, '.github/workflows', name), 'utf8')
      const actions = [...workflow.matchAll(/uses: (.*)$/gm)].map(([, action]) => action!)
      expect(actions.filter((action) => !/^[\w-]+\/[\w-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([])
      expect(workflow).toMatch(/^permissions:(?: \{\}\n|\n {2}contents: read\n(?! ))/m)
      expect(workflow).toMatch(/actions\/checkout.*\n\s*with:\n\s*persist-credentials: false/)
      const [, jobEnv = ''] = /^ {4}env:\n((?: {6}.*\n)*)/m.exec(workflow) ?? []
      expect(jobEnv).not.toContain('TOKEN')
    },
  )
})
