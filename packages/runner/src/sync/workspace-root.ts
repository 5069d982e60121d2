import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const LOCKFILES = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb']

/**
 * The folder that travels as one: the root of the package manager's workspaces (as Vite finds it), else of the git
 * repository, else the nearest folder with a lockfile, else with a `package.json`. Never the home folder or above it,
 * unless `dir` is there itself.
 */
export function findWorkspaceRoot(dir: string): string {
  const folders = [...ancestors(resolve(dir))]
  const isRoot = [
    isWorkspace,
    (folder: string) => existsSync(join(folder, '.git')),
    (folder: string) => LOCKFILES.some((name) => existsSync(join(folder, name))),
    (folder: string) => existsSync(join(folder, 'package.json')),
  ]
  for (const rule of isRoot) {
    const root = folders.find(rule)
    if (root !== undefined) return root
  }
  return folders[0]!
}

function* ancestors(dir: string): Generator<string> {
  yield dir
  for (let folder = dirname(dir), last = dir; folder !== last; last = folder, folder = dirname(folder)) {
    if (folder === homedir() || folder === dirname(folder)) return
    yield folder
  }
}

function isWorkspace(folder: string): boolean {
  if (existsSync(join(folder, 'pnpm-workspace.yaml')) || existsSync(join(folder, 'lerna.json'))) return true
  try {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { workspaces?: unknown }
    return Boolean(manifest.workspaces)
  } catch {
    return false
  }
}
