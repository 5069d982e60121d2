import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface Monorepo {
  root: string
  packages: string[]
  /** writes other content into one file of the workspace; returns its path, relative */
  changeFile(): string
  /** the same in one installed package */
  changePackage(): string
}

/** A git repository with that many small files, and installed packages of that many bytes in all. Content is no two times the same. */
export function createMonorepo(root: string, files: number, packageBytes: number): Monorepo {
  const perPackage = 1 << 20
  const packages = Array.from({ length: Math.ceil(packageBytes / perPackage) }, (_, index) => `dependency-${index}`)
  let changes = 0
  put('package.json', JSON.stringify({ name: 'monorepo', workspaces: ['packages/*'] }))
  put('.gitignore', 'node_modules/\n')
  for (let index = 0; index < files; index += 1) put(sourceFile(index), sourceText(index, 40))
  for (const name of packages) {
    put(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'file0.js' }))
    for (let file = 0; file < 16; file += 1) put(`node_modules/${name}/file${file}.js`, packageText(name, file))
  }
  execFileSync('git', ['init', '-q'], { cwd: root })
  return {
    root,
    packages,
    changeFile() {
      changes += 1
      put(sourceFile(7), sourceText(files + changes, 40))
      return sourceFile(7)
    },
    changePackage() {
      changes += 1
      put(`node_modules/${packages[0]}/file0.js`, packageText(`changed ${changes}`, 0))
      return `node_modules/${packages[0]}/file0.js`
    },
  }

  function put(path: string, text: string): void {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }

  function packageText(name: string, file: number): string {
    return sourceText(`${name}/${file}`, perPackage / 16 / 73)
  }
}

function sourceFile(index: number): string {
  return `packages/part-${index % 50}/src/module-${index}.ts`
}

/** About as hard to compress as source code: half of each line repeats, half does not. */
function sourceText(seed: string | number, lines: number): string {
  const text: string[] = []
  for (let line = 0; line < lines; line += 1) {
    const hash = createHash('md5').update(`${seed} ${line}`).digest('hex')
    text.push(`export const value_${hash.slice(0, 12)} = compute('${hash.slice(12)}', ${line})`)
  }
  return `${text.join('\n')}\n`
}
