import { createHash } from 'node:crypto'
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface KeyPair {
  /** OpenSSH text */
  private: string
  /** `ssh-ed25519 AAAA…`, without a comment */
  public: string
}

export async function makeKeyPair(): Promise<KeyPair> {
  const { default: ssh2 } = await import('ssh2')
  const pair = ssh2.utils.generateKeyPairSync('ed25519')
  return { private: pair.private, public: pair.public.trim().split(' ').slice(0, 2).join(' ') }
}

/** The login key of an owner: made once, here, and readable by the user only. */
export async function findLoginKey(stateDir: string, owner: string): Promise<KeyPair> {
  const folder = join(stateDir, 'keys')
  const file = join(folder, owner)
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const part = `${file}.${process.pid}.part`
    writeFileSync(part, (await makeKeyPair()).private, { mode: 0o600 })
    try {
      linkSync(part, file) // whole or not at all, and the first of two wins
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    rmSync(part, { force: true })
  }
  chmodSync(file, 0o600)
  const text = readFileSync(file, 'utf8')
  return { private: text, public: await publicHalf(text, file) }
}

/** As `ssh-keygen -l` shows it. */
export function fingerprintOf(publicKey: string): string {
  const bytes = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64')
  return `SHA256:${createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '')}`
}

async function publicHalf(privateKey: string, file: string): Promise<string> {
  const { default: ssh2 } = await import('ssh2')
  const key = ssh2.utils.parseKey(privateKey)
  if (key instanceof Error)
    throw new Error(`The key in ${file} cannot be read: delete it, and a new one is made`, { cause: key })
  return `${key.type} ${key.getPublicSSH().toString('base64')}`
}
