import { createHash } from 'node:crypto'
import { debuglog } from 'node:util'
import { Ec2Error } from '../errors.ts'
import type { Connection, ExecOptions } from '../host/connection.ts'
import { quote } from '../host/shell.ts'
import type { SetupStep } from '../options-setup.ts'
import type { SetupCommand } from '../options.ts'
import type { Account } from './account.ts'
import { ensureBucket, STEPS_PREFIX } from './bucket.ts'
import { shorten } from './shorten.ts'

const debug = debuglog('vitest-ec2')

/** What commands of `setup` have made, kept for hosts to come: an archive for each in the bucket. */
export interface StepStore {
  /**
   * Brings to a host what a command makes, where it is kept: the host's image may have it, or the bucket.
   * @returns whether all is there now; the command has to be run where not
   */
  bring(connection: Connection, step: KeptStep, signal: AbortSignal): Promise<boolean>
  /**
   * Keeps what a command has made. That it cannot is told, and no host fails by it.
   * @throws Ec2Error `EC2_HOST` when something is not there that the command is said to make
   */
  keep(connection: Connection, step: KeptStep, signal: AbortSignal): Promise<void>
}

export interface KeptStep {
  command: SetupCommand
  /** the steps that were taken before: what it makes may depend on them */
  before: readonly SetupStep[]
}

export interface StepStoreOptions {
  account: Account
  /** id of the image that the host started from */
  image: string
  /** the login user, whose home is `~` */
  user: string
}

const URL_SECONDS = 3600
const CHECKSUM = 'x-amz-checksum-sha256'
/** S3 takes no more in one piece. */
const MAX_BYTES = 5 * 2 ** 30

/** Empty files there say what was done on this disk. They go into baked images. */
const MARKS = '/opt/vitest-ec2/setups'
const AS_ROOT =
  'as_root() { if [ "$(id -u)" != 0 ] && sudo -n true </dev/null 2>/dev/null; then sudo -n "$@"; else "$@"; fi; }'
// Its options, and with them the URL, come by its input: a command line is for all to see.
const CURL = 'curl -fsS --retry 3 --connect-timeout 10 --speed-limit 1000 --speed-time 30 -K -'

export function openStepStore({ account, image, user }: StepStoreOptions): StepStore {
  return {
    async bring(connection, step, signal) {
      const mark = `${MARKS}/${digest(step)}`
      const looks = [mark, ...step.command.outputs.map(toWord)].map((word) => `test -e ${word}`)
      if (await succeeds(connection, looks.join(' && '), { signal })) return true
      const fetched = await attempt(step, signal, async () => {
        const url = await sign(step)
        // NOTE: in /var/tmp. What is in /tmp counts as memory on some systems.
        const fetch = `file=$(mktemp -p /var/tmp) && trap 'rm -f "$file"' EXIT && ${CURL} -o "$file" && as_root tar -Pxpzf "$file"`
        const options = { signal, input: toInput(url) }
        return url !== undefined && (await succeeds(connection, `${AS_ROOT}; ${fetch} && ${leave(mark)}`, options))
      })
      return fetched === true
    },
    async keep(connection, step, signal) {
      const { outputs } = step.command
      for (const path of outputs) {
        if (await succeeds(connection, `test -e ${toWord(path)}`, { signal })) continue
        throw new Ec2Error(
          'EC2_HOST',
          `\`${path}\` is not on ${connection.name} after the command that has it in its \`outputs\``,
          {
            fix: 'Name what the command makes, or leave it out of `outputs`.',
            data: { command: step.command.run, path },
          },
        )
      }
      const file = `/var/tmp/vitest-ec2-${digest(step)}.tar.gz`
      await attempt(step, signal, async () => {
        await connection.exec(`${AS_ROOT}; ${leave(`${MARKS}/${digest(step)}`)}`, { signal })
        if ((await ensureBucket(account)) === undefined) return
        const pack = `as_root tar -Pcp -I 'gzip -1' -- ${outputs.map(toWord).join(' ')} > ${file}`
        const describe = `stat -c %s ${file} && sha256sum ${file}`
        const { stdout } = await connection.exec(`${AS_ROOT}; ${pack} && ${describe}`, { signal })
        const [size, hash = ''] = stdout.split(/\s+/)
        if (Number(size) > MAX_BYTES) throw new Error(`packed it has more than ${MAX_BYTES / 2 ** 30} GiB`)
        const sha256 = Buffer.from(hash, 'hex').toString('base64')
        const url = await sign(step, sha256)
        await connection.exec(`${CURL} -T ${file}`, { signal, input: toInput(url, `${CHECKSUM}: ${sha256}`) })
      })
      await connection.exec(`rm -f ${file}`, { signal })
    },
  }

  /** A URL for what a command makes; nothing without a bucket. `sha256`, in base64: to put there what has it, with a header that says so. */
  async function sign(step: KeptStep, sha256?: string): Promise<string | undefined> {
    const Bucket = await ensureBucket(account)
    if (Bucket === undefined) return undefined
    const [client, { GetObjectCommand, PutObjectCommand }, { getSignedUrl }] = await Promise.all([
      account.clients.s3(),
      import('@aws-sdk/client-s3'),
      import('@aws-sdk/s3-request-presigner'),
    ])
    const place = { Bucket, Key: `${STEPS_PREFIX}${digest(step, image, user)}` }
    const options = { expiresIn: URL_SECONDS }
    return sha256 === undefined
      ? await getSignedUrl(client, new GetObjectCommand(place), options)
      : await getSignedUrl(client, new PutObjectCommand({ ...place, ChecksumSHA256: sha256 }), {
          ...options,
          unhoistableHeaders: new Set([CHECKSUM]),
        })
  }

  async function attempt<T>(
    { command }: KeptStep,
    signal: AbortSignal,
    what: () => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await what()
    } catch (error) {
      signal.throwIfAborted()
      if (isGone(error)) throw error
      account.notice(`The bucket does not keep what \`${shorten(command.run)}\` of \`setup\` makes: ${reasonOf(error)}`)
      return undefined
    }
  }
}

/** Equal where the same was done before. */
function digest({ command, before }: KeptStep, ...more: string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([...more, ...before, command]))
    .digest('hex')
}

/** Where it may not be left, an image that is baked of the host does without. */
function leave(mark: string): string {
  return `{ as_root mkdir -p ${MARKS} && as_root touch ${mark} || true; }`
}

/** A path for a shell. */
function toWord(path: string): string {
  return path.startsWith('~/') ? `"$HOME"/${quote(path.slice(2))}` : quote(path)
}

function toInput(url: string | undefined, header?: string): string {
  return `url = "${url}"\n${header === undefined ? '' : `header = "${header}"\n`}`
}

/** The host, not the bucket. */
function isGone(error: unknown): boolean {
  return error instanceof Ec2Error && (error.code === 'EC2_HOST_LOST' || error.code === 'EC2_UNREACHABLE')
}

async function succeeds(connection: Connection, command: string, options: ExecOptions): Promise<boolean> {
  try {
    await connection.exec(command, options)
    return true
  } catch (error) {
    if (!(error instanceof Ec2Error) || error.code !== 'EC2_FUNCTION') throw error
    debug('%s: %s', connection.name, error.message)
    return false
  }
}

function reasonOf(error: unknown): string {
  const { message, data } = error as Error & { data?: { stderr?: string } }
  return data?.stderr?.trim().split('\n').at(-1) || message
}
