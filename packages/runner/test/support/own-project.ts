import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createProject, type Project } from './project.ts'

/** Somebody with a home and a project of their own, until the test is over. */
export interface OwnProject {
  project: Project
  home: string
  /** starts `vitest-ec2` in the project */
  command: (args: string[], env?: NodeJS.ProcessEnv) => RunningCommand
}

interface RunningCommand {
  child: ChildProcess
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>
  output(): string
}

export function openOwnProject(files: Record<string, string>): OwnProject {
  const home = mkdtempSync(join(tmpdir(), 'home-'))
  const project = createProject({ files })
  onTestFinished(async () => {
    await project[Symbol.asyncDispose]()
    await rm(home, { recursive: true, force: true })
  })
  return { project, home, command: (args, env) => start(project, home, args, env) }
}

function start(project: Project, home: string, args: string[], env: NodeJS.ProcessEnv = {}): RunningCommand {
  const own = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST(_(?!EC2_).*)?|TEST|NODE_ENV|CI|FORCE_COLOR)$/.test(name)),
  )
  const child = spawn(process.execPath, [join(project.root, '.pool/src/cli/main.ts'), ...args], {
    cwd: project.root,
    env: {
      ...own,
      NO_COLOR: '1',
      HOME: home,
      XDG_STATE_HOME: join(home, 'state'),
      XDG_CACHE_HOME: join(home, 'cache'),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (chunk: Buffer) => (said[name] += chunk.toString()))
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, ...said })),
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, ended, output: () => said.stdout + said.stderr }
}
