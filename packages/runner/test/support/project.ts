import { spawn, type ChildProcess } from 'node:child_process'
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'

const REPOSITORY = join(import.meta.dirname, '../../../..')

/** A project of somebody who uses the pool: a folder of its own with its own packages. */
export interface Project extends AsyncDisposable {
  readonly root: string
  read(path: string): string
  write(files: Record<string, string>): void
  /** runs `vitest` with these arguments to its end */
  vitest(args: string[], options?: VitestOptions): Promise<VitestRun>
  /** starts `vitest`; what it prints is collected in `output` */
  start(args: string[], options?: VitestOptions): RunningVitest
}
export interface VitestOptions {
  env?: Record<string, string>
}
export interface VitestRun {
  code: number | null
  signal: string | null
  stdout: string
  stderr: string
}
export interface RunningVitest {
  readonly child: ChildProcess
  output(): string
  readonly ended: Promise<VitestRun>
}

export interface ProjectOptions {
  files: Record<string, string>
  /** packages besides Vitest, by name, of those installed here */
  packages?: readonly string[]
}

/** Lays out a project; `vitest-pool-ec2` in it is the source here, which lies in a folder that does not travel. */
export function createProject({ files, packages = [] }: ProjectOptions): Project {
  const root = mkdtempSync(join(tmpdir(), 'project-'))
  const runner = JSON.parse(readFileSync(join(REPOSITORY, 'packages/runner/package.json'), 'utf8')) as Manifest
  installPackages(root, ['vitest', ...Object.keys(runner.dependencies ?? {}), ...packages])
  linkFolder(join(REPOSITORY, 'packages/runner/src'), join(root, '.pool/src'))
  cpSync(join(REPOSITORY, 'packages/runner/package.json'), join(root, '.pool/package.json'))
  symlinkSync('../.pool', join(root, 'node_modules/vitest-pool-ec2'))
  const children = new Set<ChildProcess>()
  const project: Project = {
    root,
    read: (path) => readFileSync(join(root, path), 'utf8'),
    write(more) {
      for (const [path, content] of Object.entries(more)) {
        mkdirSync(dirname(join(root, path)), { recursive: true })
        writeFileSync(join(root, path), content)
      }
    },
    vitest: (args, options) => project.start(args, options).ended,
    start(args, { env = {} } = {}) {
      const { CI: _, NO_COLOR: _2, FORCE_COLOR: _3, VITEST_EC2_HOST: _4, ...inherited } = process.env
      const own = Object.fromEntries(
        Object.entries(inherited).filter(([name]) => !/^(VITEST(_(?!EC2_).*)?|TEST|NODE_ENV)$/.test(name)),
      )
      const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...args], {
        cwd: root,
        env: { ...own, NO_COLOR: '1', XDG_CACHE_HOME: join(root, '.cache'), ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      children.add(child)
      let output = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
      const ended = Promise.all([
        new Promise<Pick<VitestRun, 'code' | 'signal'>>((resolve) =>
          child.once('close', (code, signal) => resolve({ code, signal })),
        ),
        text(child.stdout),
        text(child.stderr),
      ]).then(([end, stdout, stderr]) => ({ ...end, stdout, stderr }))
      return { child, output: () => output, ended }
    },
    async [Symbol.asyncDispose]() {
      for (const child of children) if (child.exitCode === null) child.kill('SIGKILL')
      await rm(root, { recursive: true, force: true })
    },
  }
  project.write({
    'package.json': '{ "name": "project", "private": true, "type": "module" }\n',
    '.gitignore': 'node_modules\n.pool\n.cache\n',
    ...files,
  })
  return project
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
