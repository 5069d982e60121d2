import { execFileSync } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createProject } from '../../test/project.ts'

const PICTURE = join(import.meta.dirname, '../../../../experiments/pictures/cat.jpg')

it(
  'the command of a report runs its test alone with the same parameters, from a shell',
  { timeout: 60_000 },
  async () => {
    using project = createProject(
      {
        'sea.experiment.ts': `import { json, picture, test } from 'vitest-notebook'
test('Land', ({ notebook }) => notebook.md('land'))
test('Sea (calm)', { params: { size: 64, name: "moon's $sea", taps: json(['a b']), image: picture('./blue.jpg') } }, ({ notebook }) => notebook.md('sea'))`,
      },
      { formats: [] },
    )
    copyFileSync(PICTURE, join(project.root, 'blue.jpg'))
    expect((await project.notebook(['run', 'sea.experiment.ts', '--param', 'size=96'])).code).toBe(0)
    const [path] = project
      .record()
      .notebooks.map((one) => one.path)
      .filter((one) => /sea-calm/.test(one))
    const { begin } = await project.read(path!)
    const inShell = `npx() { shift; printf '%s\\0' "$@"; }; ${begin.provenance.command}`
    const args = execFileSync('bash', ['-c', inShell], { encoding: 'utf8' }).split('\0').slice(0, -1)
    expect(await project.notebook(args)).toMatchObject({ code: 0 })
    expect(project.record().notebooks.map((one) => one.path)).toEqual([path])
    expect((await project.read(path!)).begin.parameters).toEqual(begin.parameters)
  },
)
