import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { takeInstalled } from './installed-folder.ts'

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
  const { root, giveBack } = takeInstalled(packages)
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
      const running = [...children].filter(({ exitCode }) => exitCode === null)
      for (const child of running) child.kill('SIGKILL')
      if (running.length === 0) giveBack()
      else await rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }) // what they started may still write
    },
  }
  project.write({
    'package.json': '{ "name": "project", "private": true, "type": "module" }\n',
    '.gitignore': 'node_modules\n.pool\n.cache\n',
    ...files,
  })
  return project
}
