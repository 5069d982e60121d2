import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { NotebookDocument } from '../src/journal/document.ts'
import { readJournal } from '../src/journal/read.ts'
import type { RunRecord } from '../src/run/record.ts'

const REPOSITORY = join(import.meta.dirname, '../../..')
const VITEST = join(REPOSITORY, 'node_modules/vitest/vitest.mjs')
const COMMAND_LINE = join(import.meta.dirname, '../src/cli/main.ts')

/** A project of somebody who writes notebooks: a folder of its own with this package. */
export interface Project extends Disposable {
  readonly root: string
  vitest(args?: string[], env?: Record<string, string>): Promise<Outcome>
  /** `vitest list` */
  list(): Promise<Outcome>
  /** `vitest-notebook` with these arguments */
  notebook(args: string[], env?: Record<string, string>): Promise<Outcome>
  /** starts `vitest-notebook` */
  startNotebook(args: string[], env?: Record<string, string>): { child: ChildProcess; ended: Promise<Outcome> }
  /** starts `vitest run`; `ended` resolves with all it printed */
  start(args?: string[], env?: Record<string, string>): { child: ChildProcess; ended: Promise<Outcome> }
  /** names of the runs, the newest first */
  runs(): string[]
  record(): RunRecord
  /** a notebook of the newest run, by its path in it */
  read(path: string): Promise<NotebookDocument>
}

export interface Outcome {
  code: number | null
  /** standard output and errors, one after the other */
  output: string
}

export function createProject(files: Record<string, string>, options: object = {}): Project {
  const parent = join(REPOSITORY, '.rig/notebooks')
  mkdirSync(parent, { recursive: true })
  const root = mkdtempSync(join(parent, 'project-'))
  const reports = join(root, 'reports')
  const config = `export default { test: { include: ['*.experiment.ts'], reporters: ['default', ['vitest-notebook/reporter', ${JSON.stringify(options)}]] } }\n`
  for (const [path, content] of Object.entries({
    'vitest.config.ts': config,
    'package.json': '{ "type": "module" }',
    ...files,
  })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  const run = (script: string, args: string[], env: Record<string, string> = {}) => {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^VITEST|^TEST$|^NODE_ENV$|^CI$|^GITHUB_/.test(name),
    )
    const child = spawn(process.execPath, [script, ...args], {
      cwd: root,
      env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const exited = new Promise<number | null>((resolve) => void child.once('close', (code) => resolve(code)))
    const ended = Promise.all([exited, text(child.stdout), text(child.stderr)]).then(([code, stdout, stderr]) => ({
      code,
      output: `${stdout}${stderr}`,
    }))
    return { child, ended }
  }
  const project: Project = {
    root,
    vitest: (args = [], env) => project.start(args, env).ended,
    list: () => run(VITEST, ['list']).ended,
    notebook: (args, env) => run(COMMAND_LINE, args, env).ended,
    startNotebook: (args, env) => run(COMMAND_LINE, args, env),
    start: (args = [], env) => run(VITEST, ['run', ...args], env),
    runs: () =>
      readdirSync(reports)
        .filter((name) => /^\d/.test(name))
        .toSorted()
        .toReversed(),
    record: () => JSON.parse(readFileSync(join(reports, project.runs()[0]!, 'run.json'), 'utf8')) as RunRecord,
    read: (path) => readJournal(join(reports, project.runs()[0]!, path)),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  }
  return project
}
