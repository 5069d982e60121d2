/**
 * Builds what is published: `packages/<name>/dist`, a complete package of its own. In this repository `exports` name the
 * sources, so that nothing has to be built to try a change; the published manifest names the JavaScript made from them.
 */
import { execFileSync } from 'node:child_process'
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

const root = join(import.meta.dirname, '..')
for (const name of ['runner', 'reporter']) await build(join(root, 'packages', name))

async function build(folder: string): Promise<void> {
  const dist = join(folder, 'dist')
  await rm(dist, { recursive: true, force: true })
  execFileSync('tsc', ['-p', join(folder, 'tsconfig.build.json')], { stdio: 'inherit' })
  await cp(join(folder, 'src'), dist, { recursive: true, filter: (path) => !path.endsWith('.ts') })
  for (const file of ['README.md', 'CHANGELOG.md', 'schema.json']) {
    await cp(join(folder, file), join(dist, file)).catch(ignoreMissing)
  }
  await cp(join(root, 'LICENSE'), join(dist, 'LICENSE'))
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest
  await writeFile(join(dist, 'package.json'), `${JSON.stringify(publish(manifest), null, 2)}\n`)
}

interface Manifest {
  private?: boolean
  exports: Record<string, string>
  bin?: Record<string, string>
  devDependencies?: unknown
  scripts?: unknown
  [field: string]: unknown
}

function publish({ private: _private, devDependencies: _dev, scripts: _scripts, ...manifest }: Manifest): unknown {
  const built = (path: string) => path.replace('./src/', './').replace(/\.ts$/, '.js')
  const entries = Object.entries(manifest.exports).map(([entry, path]) =>
    extname(path) === '.ts'
      ? [entry, { types: built(path).replace(/\.js$/, '.d.ts'), default: built(path) }]
      : [entry, path],
  )
  const bins = Object.entries(manifest.bin ?? {}).map(([name, path]) => [name, built(path)])
  return {
    ...manifest,
    exports: Object.fromEntries(entries),
    ...(bins.length > 0 && { bin: Object.fromEntries(bins) }),
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
