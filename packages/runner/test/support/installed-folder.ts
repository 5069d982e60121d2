import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const REPOSITORY = join(import.meta.dirname, '../../../..')
/** What is laid out: the packages, and the source of `vitest-pool-ec2` here, in a folder that does not travel. */
const INSTALLED = new Set(['node_modules', '.pool'])

/** Folders that nobody has now, by their packages. To lay one out takes longer than many a test. */
const unused = new Map<string, string[]>()
if (process.env['VITEST']) (await import('vitest')).afterAll(removeUnused)
else process.once('exit', removeUnused)

/** A folder with Vitest, `vitest-pool-ec2` and these packages, for one project at a time. */
export function takeInstalled(packages: readonly string[]): { root: string; giveBack: () => void } {
  const kind = packages.toSorted().join(' ')
  const root = unused.get(kind)?.pop() ?? install(packages)
  const installed = listInstalled(root)
  const giveBack = () => {
    // Packages that a test has brought or replaced are its own.
    if (listInstalled(root) !== installed) return rmSync(root, { recursive: true, force: true })
    empty(root)
    unused.set(kind, [...(unused.get(kind) ?? []), root])
  }
  return { root, giveBack }
}

function removeUnused(): void {
  for (const root of [...unused.values()].flat()) rmSync(root, { recursive: true, force: true })
  unused.clear()
}

/** Leaves nothing but what was laid out. */
function empty(root: string): void {
  const others = readdirSync(root).filter((name) => !INSTALLED.has(name))
  const kept = readdirSync(join(root, 'node_modules')).filter((name) => name.startsWith('.')) // by tools
  for (const name of [...others, ...kept.map((one) => join('node_modules', one))])
    rmSync(join(root, name), { recursive: true, force: true })
}

function listInstalled(root: string): string {
  const entries = readdirSync(join(root, 'node_modules'), { withFileTypes: true })
  return entries
    .filter(({ name }) => !name.startsWith('.'))
    .map((entry) => `${entry.name}${entry.isSymbolicLink() ? '@' : ''}`)
    .toSorted()
    .join(' ')
}

function install(packages: readonly string[]): string {
  const root = mkdtempSync(join(tmpdir(), 'project-'))
  const runner = JSON.parse(readFileSync(join(REPOSITORY, 'packages/runner/package.json'), 'utf8')) as Manifest
  installPackages(root, ['vitest', ...Object.keys(runner.dependencies ?? {}), ...packages])
  linkFolder(join(REPOSITORY, 'packages/runner/src'), join(root, '.pool/src'))
  cpSync(join(REPOSITORY, 'packages/runner/package.json'), join(root, '.pool/package.json'))
  symlinkSync('../.pool', join(root, 'node_modules/vitest-pool-ec2'))
  return root
}

interface Manifest {
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

/** Links packages and all they need out of the repository's own installation, each to the same place. */
function installPackages(root: string, names: readonly string[]): void {
  const queue = names.map((name) => ({ name, from: REPOSITORY }))
  const installed = new Set<string>()
  for (let next = queue.pop(); next; next = queue.pop()) {
    const folder = findPackage(next.name, next.from)
    if (folder === undefined || installed.has(folder)) continue
    installed.add(folder)
    linkFolder(folder, join(root, folder.slice(REPOSITORY.length)))
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
    const { dependencies, optionalDependencies } = manifest
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) queue.push({ name, from: folder })
    if (next.name === '@vitest/mocker') queue.push({ name: 'vite', from: folder })
  }
}

function findPackage(name: string, from: string): string | undefined {
  for (let folder = from; folder.startsWith(REPOSITORY); folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name)
    if (existsSync(join(found, 'package.json'))) return found
  }
  return undefined
}

/** A folder of hard links: nothing is copied, and nobody writes to packages. Packages below it are others. */
function linkFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.name === 'node_modules') continue
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) linkFolder(source, target)
    else if (entry.isFile() && !entry.name.endsWith('.test.ts')) linkOrCopy(source, target)
  }
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target)
  } catch {
    cpSync(source, target)
  }
}
