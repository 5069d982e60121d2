import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { createProject } from '../../test/project.ts'

// Each runs a Vitest of its own.
vi.setConfig({ testTimeout: 60_000 })

const PICTURE = join(import.meta.dirname, '../../../../experiments/pictures/cat.jpg')
const files = {
  'paint.experiment.ts': `import { choice, picture, test } from 'vitest-notebook'
test('Paint', { params: { size: 64, style: choice('oil', 'ink'), image: picture('./own.jpg') } }, ({ notebook, params }) => {
  notebook.md(JSON.stringify({ size: params.size, style: params.style, name: params.image.name, bytes: params.image.data.length }))
})`,
}

describe('parameters', () => {
  it('come from the command line, pictures from anywhere on this machine', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'pictures-'))
    copyFileSync(PICTURE, join(elsewhere, 'me.jpg'))
    using project = createProject(files, { formats: ['md'] })
    const params = ['size=96', 'style=ink', `image=${join(elsewhere, 'me.jpg')}`].flatMap((one) => ['--param', one])
    const { code, output } = await project.notebook(['run', 'paint.experiment.ts', ...params, '--', '--retry=0'])
    rmSync(elsewhere, { recursive: true })
    expect({ code, output }).toMatchObject({ code: 0 })
    const { begin, cells } = await project.read('paint.experiment.ts/paint')
    const bytes = readFileSync(PICTURE).length
    expect(cells[0]?.content).toMatchObject({
      source: JSON.stringify({ size: 96, style: 'ink', name: 'me.jpg', bytes }),
    })
    expect(begin.parameters?.values).toMatchObject({ size: 96, style: 'ink', image: { name: 'me.jpg', bytes } })
    const words = begin.provenance.command!.split(/[\s\\]+/)
    expect(words.filter((word) => word !== '--param')).toEqual([
      'npx',
      'vitest-notebook',
      'run',
      'paint.experiment.ts',
      params[1],
      params[3],
      params[5],
      '--',
      '--retry=0',
    ])
  })

  it.for([
    ['size=many', 'Expected the parameter `size` to be a number, got `many`.'],
    ['style=pencil', 'Expected the parameter `style` to be one of `oil`, `ink`, got `pencil`.'],
    ['image=nowhere.jpg', 'The picture nowhere.jpg cannot be read'],
    ['sise=3', 'No test of paint.experiment.ts has the parameter `sise`. There are `size`, `style`, `image`.'],
  ] as const)('%s is a sentence', async ([param, sentence]) => {
    using project = createProject(files, { formats: [] })
    const { code, output } = await project.notebook(['run', 'paint.experiment.ts', '--param', param])
    expect(code).toBe(1)
    expect(output).toContain(sentence)
  })

  it('a parameter that no file of a run has is a sentence in its end, and its failure', async () => {
    using project = createProject(
      {
        ...files,
        'plain.experiment.ts': `import { test } from 'vitest-notebook'\ntest('Plain', ({ notebook }) => notebook.md('written'))`,
      },
      { formats: [] },
    )
    const run = (params: object) => project.vitest([], { VITEST_NOTEBOOK_PARAMS: JSON.stringify(params) })
    expect(await run({ size: 3, image: PICTURE })).toMatchObject({ code: 0 })
    const { code, output } = await run({ size: 3, image: PICTURE, sise: 4 })
    expect(output).toContain('No test of this run has the parameter `sise`. There are `size`, `style`, `image`.')
    expect(code).toBe(1)
  })
})
