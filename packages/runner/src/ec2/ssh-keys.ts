import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ec2Error } from '../errors.ts'

export interface KeyPair {
  /** OpenSSH text */
  private: string
  /** `ssh-ed25519 AAAA…`, without a comment */
  public: string
}

const TYPE = 'ssh-ed25519'
const MAGIC = 'openssh-key-v1\0'
/** Where the public half begins in a file without a passphrase: after cipher, derivation, its options and the count. */
const PUBLIC_OFFSET = MAGIC.length + 8 + 8 + 4 + 4

/**
 * An ed25519 key pair in OpenSSH's own format, which sshd asks for (PROTOCOL.key of OpenSSH). Not by ssh2's generator:
 * it drops leading zero bytes, so that one key in some hundred cannot be read.
 */
export function makeKeyPair(): KeyPair {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { x = '', d = '' } = privateKey.export({ format: 'jwk' })
  const publicBytes = Buffer.from(x, 'base64url')
  const publicBlob = Buffer.concat([string(TYPE), string(publicBytes)])
  const check = randomBytes(4)
  const secret = [Buffer.from(d, 'base64url'), publicBytes]
  const fields = [check, check, string(TYPE), string(publicBytes), string(Buffer.concat(secret)), string('')]
  const size = fields.reduce((sum, { length }) => sum + length, 0)
  const padding = Buffer.from(Array.from({ length: (8 - (size % 8)) % 8 }, (_, index) => index + 1))
  const file = Buffer.concat([
    Buffer.from(MAGIC),
    string('none'),
    string('none'),
    string(''),
    uint32(1),
    string(publicBlob),
    string(Buffer.concat([...fields, padding])),
  ])
  const lines = file.toString('base64').replace(/.{70}(?=.)/g, '$&\n')
  return {
    private: `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`,
    public: `${TYPE} ${publicBlob.toString('base64')}`,
  }
}

/** The login key of an owner: made once, here, and readable by the user only. */
export function findLoginKey(stateDir: string, owner: string): KeyPair {
  const folder = join(stateDir, 'keys')
  const file = join(folder, owner)
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const part = `${file}.${process.pid}.part`
    writeFileSync(part, makeKeyPair().private, { mode: 0o600 })
    try {
      linkSync(part, file) // whole or not at all, and the first of two wins
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    rmSync(part, { force: true })
  }
  chmodSync(file, 0o600)
  const text = readFileSync(file, 'utf8')
  return { private: text, public: publicHalf(text, file) }
}

/** The public half lies open in the file. */
function publicHalf(privateKey: string, file: string): string {
  const bytes = Buffer.from(privateKey.replace(/-----[A-Z ]+-----/g, ''), 'base64')
  const isWhole = bytes.length > PUBLIC_OFFSET + 4 && bytes.toString('latin1', 0, MAGIC.length) === MAGIC
  const length = isWhole ? bytes.readUInt32BE(PUBLIC_OFFSET) : 0
  const blob = bytes.subarray(PUBLIC_OFFSET + 4, PUBLIC_OFFSET + 4 + length)
  if (!blob.includes(TYPE)) {
    throw new Ec2Error('EC2_OPTIONS', `The login key in ${file} cannot be read`, {
      fix: 'Delete it: a new one is made.',
    })
  }
  return `${TYPE} ${blob.toString('base64')}`
}

function string(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([uint32(bytes.length), bytes])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
