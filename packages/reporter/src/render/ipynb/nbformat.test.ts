import { execFile } from 'node:child_process'
import { access, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { hostileNotebook } from '../../../test/hostile-notebook.ts'
import { oddNotebook } from '../../../test/odd-notebook.ts'
import { renderSample } from '../../../test/rendered.ts'
import { sampleNotebook } from '../../../test/sample-notebook.ts'

const run = promisify(execFile)
const FOLDER = join(import.meta.dirname, '../../../../../.rig')
/** One environment for this version, beside the one of the rig. */
const TARGET = join(FOLDER, 'nbformat-5.11.1')
const VALIDATE =
  'import sys, nbformat; n = nbformat.read(sys.argv[1], as_version=nbformat.NO_CONVERT); nbformat.validate(n); print(len(n.cells))'

beforeAll(async () => {
  if (await exists(TARGET)) return
  await run('mkdir', ['-p', FOLDER])
  const making = await mkdtemp(join(FOLDER, 'making-'))
  try {
    await run('python3', ['-m', 'venv', making])
    await run(join(making, 'bin/python'), ['-m', 'pip', 'install', '--quiet', 'nbformat==5.11.1'])
    await rename(making, TARGET)
  } catch (cause) {
    throw new Error(
      'Jupyter’s nbformat could not be installed: it needs python3-venv, and PyPI or a mirror named in PIP_INDEX_URL',
      { cause },
    )
  } finally {
    await rm(making, { recursive: true, force: true })
  }
})

describe('the Jupyter notebook', () => {
  it.for([
    ['every kind of cell', sampleNotebook],
    ['odd cells', oddNotebook],
    ['hostile text', hostileNotebook],
  ] as const)('is valid for Jupyter itself with %s', async ([, make]) => {
    await using rendered = await renderSample(make, { formats: ['ipynb'] })
    const { stdout, stderr } = await run(join(TARGET, 'bin/python'), [
      '-W',
      'error',
      '-c',
      VALIDATE,
      join(rendered.folder, 'report.ipynb'),
    ])
    expect(stderr).toBe('')
    expect(Number(stdout)).toBeGreaterThan(10)
  })
})

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
