import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { Ec2Error } from '../errors.ts'
import type { DetachedSpec } from '../wire/protocol.ts'
import { BEGUN } from './keep.ts'

/**
 * Starts a process that does the work and ends the host, whatever becomes of this agent. Resolves when the work has begun.
 * @param state the agent's folder
 * @throws Ec2Error `EC2_HOST` with what the process said when it ends before that
 */
export async function detach(work: DetachedSpec, state: string): Promise<void> {
  const log = join(state, 'detached.log')
  const output = openSync(log, 'w', 0o600)
  const [main = ''] = process.argv.slice(1)
  const child = spawn(process.execPath, [...process.execArgv, main, 'keep', '--state', state], {
    detached: true,
    stdio: ['pipe', 'pipe', output],
    cwd: '/',
  }) as ChildProcessByStdio<Writable, Readable, null>
  child.stdin.on('error', () => {}) // told by `exit`
  child.stdin.end(JSON.stringify(work))
  await new Promise<void>((resolve, reject) => {
    const fail = () => {
      const said = readFileSync(log, 'utf8').trim().slice(-2000)
      reject(new Ec2Error('EC2_HOST', `The detached run did not begin: ${said || 'no reason given'}`))
    }
    child.stdout.once('data', (said: Buffer) => (said.toString().startsWith(BEGUN) ? resolve() : fail()))
    child.once('error', reject).once('exit', fail)
  })
  child.stdout.destroy()
  child.unref()
}
