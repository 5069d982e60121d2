/**
 * Starts the rig around a command. This process only launches: all else lives in namespaces of its own, under a PID 1 that
 * reads a pipe from here ({@link file://./server/__main__.py}). When the pipe ends, so does everything in there.
 */
import { execFileSync, spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { parseRigOptions, USAGE, type RigOptions } from './options.ts'
import { ensurePython } from './python.ts'
import { asRoot, missingPackages } from './requirements.ts'

const ROOT = resolve(import.meta.dirname, '..')
const NAMESPACES = ['--net', '--mount', '--pid', '--ipc', '--fork', '--kill-child', '--mount-proc']
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** What a shell says when a command could not be run. */
const CANNOT = 126

try {
  const [first] = process.argv.slice(2)
  if (first === '--help' || first === '-h') process.stdout.write(USAGE)
  else await start(parseRigOptions(process.argv.slice(2)))
} catch (error) {
  process.stderr.write(`rig: ${(error as Error).message}\n`)
  process.exitCode = CANNOT
}

async function start(options: RigOptions): Promise<void> {
  if (process.platform !== 'linux')
    throw new Error('The rig is made of Linux namespaces: run it on Linux, or in a virtual machine with it')
  const missing = missingPackages('rig')
  if (missing.length > 0)
    throw new Error(
      `Missing: ${missing.join(', ')}. \`npm test\` installs them, or: sudo apt-get install ${missing.join(' ')}`,
    )
  const prefix = asRoot()
  if (!prefix)
    throw new Error(
      'The rig makes network namespaces and mounts, which only root may: run it as root, or with a sudo that asks for nothing',
    )
  if (prefix.length > 0) return await becomeRoot(prefix)
  try {
    execFileSync('unshare', ['--net', '--mount', '--pid', '--fork', 'true'], { stdio: ['ignore', 'ignore', 'pipe'] })
  } catch (error) {
    const said = String((error as { stderr?: Buffer }).stderr).trim()
    throw new Error(`This root may not make namespaces (${said}): in a container, it must be a privileged one`, {
      cause: error,
    })
  }
  const python = ensurePython((sentence) => process.stderr.write(`rig: ${sentence}\n`))
  await launch(python, options)
}

/** Runs this again under sudo, which closes all descriptors but the standard ones: so the launcher must be in there. */
async function becomeRoot(prefix: readonly string[]): Promise<void> {
  const [program, ...before] = [...prefix, '-E', 'env', `PATH=${process.env['PATH']}`] as const
  const child = spawn(program, [...before, process.execPath, ...process.argv.slice(1)], { stdio: 'inherit' })
  for (const signal of SIGNALS) process.on(signal, () => {}) // sudo passes them on
  process.exitCode = await new Promise<number>((done) => void child.once('exit', (code) => done(code ?? CANNOT)))
}

async function launch(python: string, { shuttingDown, securityGroups, ...options }: RigOptions): Promise<void> {
  const name = `rig-${process.pid}`
  const given = {
    ...options,
    name,
    run: join(ROOT, '.rig/run'),
    user: null,
    shutting_down: shuttingDown,
    security_groups: securityGroups,
    hide: [ROOT, ...options.hide],
    logs: options.logs && resolve(options.logs),
  }
  const child = spawn('unshare', [...NAMESPACES, python, '-m', 'server'], {
    // A session of its own: Ctrl-C reaches only this process, which passes it on, once.
    detached: true,
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: {
      ...process.env,
      PATH: `${process.env['PATH']}:/usr/sbin:/sbin`,
      PYTHONPATH: import.meta.dirname,
      PYTHONDONTWRITEBYTECODE: '1',
      RIG_OPTIONS: JSON.stringify(given),
    },
  })
  const pipe = child.stdio[3] as NodeJS.WritableStream
  pipe.on('error', () => {})
  for (const signal of SIGNALS) process.on(signal, () => pipe.write(`${signal}\n`))
  const parent = process.ppid
  // Under sudo the caller can be killed without a word to this process.
  const watch = setInterval(() => process.ppid === parent || process.exit(CANNOT), 500)
  const { code, signal } = await new Promise<{ code: number | null; signal: string | null }>((done) => {
    child.once('exit', (code, signal) => done({ code, signal }))
  })
  clearInterval(watch)
  if (signal) process.stderr.write(`rig: ended by ${signal}\n`)
  process.exitCode = code ?? CANNOT
}
