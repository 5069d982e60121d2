import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt')
const TARGET = join(ROOT, '.rig/venv')

/** The Python that has moto, made when it is not there or the requirements have changed. Returns its path. */
export function ensurePython(tell: (sentence: string) => void): string {
  const python = join(TARGET, 'bin/python')
  const stamp = join(TARGET, 'made-from')
  const wanted = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex')
  if (existsSync(python) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python
  tell('Making a Python environment with moto in .rig/venv')
  // Made aside and put in place at once: another rig may start at the same time.
  const making = `${TARGET}-${process.pid}`
  mkdirSync(join(ROOT, '.rig'), { recursive: true })
  try {
    run('python3', ['-m', 'venv', making], 'On Debian, `sudo apt-get install python3-venv` makes it work.')
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', REQUIREMENTS]
    run(join(making, 'bin/python'), pip, 'It needs PyPI, or a mirror named in PIP_INDEX_URL.')
    writeFileSync(join(making, 'made-from'), wanted)
    rmSync(TARGET, { recursive: true, force: true })
    renameSync(making, TARGET)
  } finally {
    rmSync(making, { recursive: true, force: true })
  }
  return python
}

function run(program: string, args: string[], fix: string): void {
  try {
    execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' })
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trim().split('\n').slice(-3).join('\n') ?? String(cause)
    throw new Error(`\`${[program, ...args].join(' ')}\` failed: ${said}\n${fix}`, { cause })
  }
}
