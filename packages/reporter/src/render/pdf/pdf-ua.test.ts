import { execFileSync, spawnSync } from 'node:child_process'
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { expect, it } from 'vitest'
import { hostileNotebook } from '../../../test/hostile-notebook.ts'
import { oddNotebook } from '../../../test/odd-notebook.ts'
import { SampleNotebook, sampleNotebook, TORTURE } from '../../../test/sample-notebook.ts'
import { renderPdf } from './document.ts'

const VERAPDF = join(import.meta.dirname, '../../../test/verapdf')
const LIBRARY = join(import.meta.dirname, '../../../../../.rig/verapdf')
const hasJava = ['java', 'mvn'].every((program) => spawnSync(program, ['-version']).status === 0)

it.skipIf(!hasJava)(
  'is PDF/UA-1 to veraPDF, whatever is in it (left out where there is no Java with Maven)',
  { timeout: 300_000 },
  async () => {
    install()
    const folder = mkdtempSync(join(tmpdir(), 'pdf-ua-'))
    try {
      const torture = new SampleNotebook(folder)
      torture.add({ kind: 'markdown', source: TORTURE })
      const samples = [sampleNotebook, oddNotebook, hostileNotebook]
      const documents = [...(await Promise.all(samples.map((make) => make(folder)))), torture.document()]
      const files: string[] = []
      for (const [index, document] of documents.entries()) {
        files.push(join(folder, `${index}.pdf`))
        await pipeline(renderPdf(document, { folder }), createWriteStream(files.at(-1)!))
      }
      const java = ['-cp', join(LIBRARY, '*'), join(VERAPDF, 'Check.java'), ...files]
      const lines = execFileSync('java', java, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      expect(lines.trim().split('\n')).toEqual(files.map((file) => `${file} is PDF/UA-1`))
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)

/** The checker's own packages, once. */
function install(): void {
  if (existsSync(join(LIBRARY, 'done'))) return
  mkdirSync(LIBRARY, { recursive: true })
  const maven = [
    '-q',
    '-B',
    '-f',
    join(VERAPDF, 'pom.xml'),
    'dependency:copy-dependencies',
    `-DoutputDirectory=${LIBRARY}`,
  ]
  execFileSync('mvn', maven, { stdio: ['ignore', 'inherit', 'inherit'] })
  mkdirSync(join(LIBRARY, 'done'))
}
