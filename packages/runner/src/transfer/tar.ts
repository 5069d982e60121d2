import { spawn, type ChildProcess } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { Ec2Error } from '../errors.ts'

/** The system's own tar over these files and links of a folder, as a stream. */
export function packFolder(folder: string, paths: readonly string[]): { content: Readable; ended: Promise<void> } {
  const child = start(['-cf', '-', '-C', folder, '--null', '--no-recursion', '-T', '-'])
  child.stdin.end(`${paths.map((path) => `./${path}`).join('\0')}\0`)
  return { content: child.stdout, ended: ended(child, `${folder} cannot be packed`) }
}

/** Unpacks a stream into a folder. What is unpacked is to be looked at before anybody uses it. */
export function unpackInto(folder: string): { content: Writable; ended: Promise<void> } {
  const child = start(['-xf', '-', '-C', folder])
  return { content: child.stdin, ended: ended(child, `Nothing can be unpacked in ${folder}`) }
}

function start(args: string[]): ChildProcess & { stdin: Writable; stdout: Readable; stderr: Readable } {
  // macOS would add a file of attributes to each.
  const env = { ...process.env, COPYFILE_DISABLE: '1' }
  const child = spawn('tar', args, { stdio: 'pipe', env })
  child.stdin.on('error', () => {}) // its end tells
  return child
}

async function ended(child: ChildProcess, what: string): Promise<void> {
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await new Promise<void>((resolve, reject) => {
    child.once('error', (cause) => {
      reject(new Ec2Error('EC2_SYNC', `${what}: there is no \`tar\` here`, { cause }))
    })
    child.once('close', (code) => {
      if (code === 0) resolve()
      else
        reject(
          new Ec2Error(
            'EC2_SYNC',
            `${what}: ${said.trim().split('\n').slice(-3).join('; ') || `tar ended with ${code}`}`,
          ),
        )
    })
  })
}
