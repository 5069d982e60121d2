import { spawn, type ChildProcess } from 'node:child_process'
import { finished, PassThrough, Writable, type Readable } from 'node:stream'
import { Ec2Error } from '../errors.ts'

/**
 * Packs files and links of a folder with the system's own tar.
 * @param send takes the archive; where it is done before the padding at the end, that is dropped
 * @throws Ec2Error `EC2_SYNC` when one cannot be read; what `send` throws
 */
export async function packFolder(
  folder: string,
  paths: readonly string[],
  send: (archive: Readable) => Promise<unknown>,
): Promise<void> {
  const child = start(['-cf', '-', '-C', folder, '--null', '--no-recursion', '-T', '-'])
  child.stdin.end(`${paths.map((path) => `./${path}`).join('\0')}\0`)
  // Node throws away what a process has written and nobody reads yet when it ends.
  const archive = child.stdout.pipe(new PassThrough())
  try {
    const sent = send(archive).then(() => archive.resume())
    await Promise.all([sent, ended(child, `${folder} cannot be packed`)])
  } finally {
    child.kill() // nobody may read any more what it writes
  }
}

/** Unpacks a stream into a folder. What is unpacked is to be looked at before anybody uses it. */
export function unpackInto(folder: string): { archive: Writable; ended: Promise<void> } {
  const child = start(['-xf', '-', '-C', folder])
  const archive = untilExit(child.stdin)
  const unpacked = ended(child, `Nothing can be unpacked in ${folder}`)
  archive.on('error', () => {}) // `ended` tells
  unpacked.catch((error: Error) => archive.destroy(error)) // the rest need not come
  return { archive, ended: unpacked }
}

/** tar leaves at the end mark, and the padding behind it may come later: what it does not take is dropped. */
function untilExit(stdin: Writable): Writable {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => void stdin.write(chunk, () => done()),
    final(done) {
      stdin.end()
      finished(stdin, () => done())
    },
    destroy(error, done) {
      stdin.destroy()
      done(error)
    },
  })
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
