import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A folder with contents, modes, links, an empty folder and names that are hard to quote. */
export function makeFolder(path: string): void {
  mkdirSync(join(path, 'deep/er/empty'), { recursive: true })
  writeFileSync(join(path, 'large'), Buffer.alloc(20 << 20, 'x'))
  writeFileSync(join(path, 'abc'), 'abc')
  writeFileSync(join(path, 'deep/script'), '#!/a\n')
  chmodSync(join(path, 'deep/script'), 0o755)
  writeFileSync(join(path, 'deep/er/new\nline "quoted" $x'), '1')
  writeFileSync(join(path, '-rf ü'), 'dashes')
  writeFileSync(join(path, 'deep/nothing'), '')
  symlinkSync('../abc', join(path, 'deep/link'))
}

/** Every entry of a folder with its mode, content and link, one line each. */
export function describeFolder(path: string): string[] {
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).toSorted()
  return names.map((name) => {
    const at = join(path, name)
    const stats = statSync(at)
    const hash = stats.isFile() ? execFileSync('sha256sum', ['-b', '--', at]).toString().slice(0, 65) : ''
    const link = name.endsWith('link') ? readlinkSync(at) : ''
    return `${name} ${stats.isDirectory() ? 'folder' : (stats.mode & 0o777).toString(8)} ${hash.replace('\\', '').slice(0, 60)} ${link}`
  })
}
