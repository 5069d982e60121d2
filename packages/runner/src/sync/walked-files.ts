import { readdir, readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import ignore, { type Ignore } from 'ignore'

const NEVER = new Set(['.git', '.hg', '.svn', 'node_modules'])

interface Rules {
  /** the folder of the `.gitignore` */
  base: string
  rules: Ignore
}

/** All files below a folder but what `.gitignore` files there exclude, and packages. Links are listed, not followed. */
export async function listByWalking(root: string): Promise<string[]> {
  const files: string[] = []
  await walk('', [])
  return files

  async function walk(folder: string, outer: readonly Rules[]): Promise<void> {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => [])
    const text = entries.some(({ name }) => name === '.gitignore')
      ? await readFile(join(root, folder, '.gitignore'), 'utf8').catch(() => undefined)
      : undefined
    const rules = text === undefined ? outer : [{ base: folder, rules: ignore().add(text) }, ...outer]
    for (const entry of entries) {
      if (NEVER.has(entry.name)) continue
      const path = posix.join(folder, entry.name)
      const isFolder = entry.isDirectory()
      if (isIgnored(isFolder ? `${path}/` : path, rules)) continue
      if (isFolder) await walk(path, rules)
      else files.push(path)
    }
  }
}

/** The nearest file that says anything about a path decides, as in git. */
function isIgnored(path: string, rules: readonly Rules[]): boolean {
  for (const { base, rules: own } of rules) {
    const { ignored, unignored } = own.test(base === '' ? path : path.slice(base.length + 1))
    if (ignored || unignored) return ignored
  }
  return false
}
