import type { Duplex } from 'node:stream'
import { Ec2Error, type Ec2ErrorCode } from '../errors.ts'
import { FrameReader, toFrame } from './frames.ts'
import { PROTOCOL_VERSION, type Hello, type Refusal, type Role, type Welcome } from './protocol.ts'

/** Greetings are JSON, so that two ends whose structured clones differ can still tell each other so. They are short. */
const MAX_GREETING_BYTES = 64 << 10
const GREETING_TIMEOUT_MS = 15_000

/** What must be equal at both ends. `agent`: hash of the sources that run on the host. */
export interface Version {
  node: string
  agent: string
}

/**
 * Greets the agent on a fresh stream and returns what it sent after its welcome.
 * @throws Ec2Error `EC2_PROTOCOL` when it refuses or answers nonsense, `EC2_UNREACHABLE` when it answers nothing
 */
export async function greet(duplex: Duplex, version: Version, role: Role): Promise<Buffer> {
  writeGreeting(duplex, { protocol: PROTOCOL_VERSION, ...version, ...role } satisfies Hello)
  return await awaitWelcome(duplex)
}

/**
 * Greets on a stream whose last task is done, for the next one of those that the agent answers twice, and returns the
 * second answer. Nobody has to wait for the first: what comes after the greeting may follow it at once.
 * @throws as `awaitWelcome`
 */
export async function greetAgain(duplex: Duplex, version: Version, role: Role): Promise<Buffer> {
  writeGreeting(duplex, { protocol: PROTOCOL_VERSION, ...version, ...role } satisfies Hello)
  const rest = await awaitWelcome(duplex, undefined, Number.POSITIVE_INFINITY)
  return await awaitWelcome(duplex, rest, Number.POSITIVE_INFINITY)
}

/**
 * Waits for a welcome, as long as it takes where there is no limit (ms), and returns what came after it.
 * @throws Ec2Error `EC2_PROTOCOL` when it is a refusal, or nonsense; `EC2_UNREACHABLE` when the stream ends or is silent
 */
export async function awaitWelcome(
  duplex: Duplex,
  early?: Uint8Array,
  timeoutMs: number = GREETING_TIMEOUT_MS,
): Promise<Buffer> {
  const { greeting, rest } = await readGreeting(duplex, early, timeoutMs)
  const answer = greeting as Welcome | Refusal
  if (answer.ok === true) return rest
  const message = answer.ok === false ? String(answer.message) : 'its answer to the greeting is not one'
  if (answer.ok === false && answer.code) {
    throw new Ec2Error(answer.code as Ec2ErrorCode, message, answer.fix === undefined ? {} : { fix: answer.fix })
  }
  throw new Ec2Error('EC2_PROTOCOL', `The agent on the host refused: ${message}`)
}

/**
 * Waits for the greeting of a stream that somebody opened, so long (ms). A wrong version is refused by itself.
 * @throws Ec2Error `EC2_PROTOCOL`, or `EC2_UNREACHABLE` when none comes; the stream is destroyed
 */
export async function receiveGreeting(
  duplex: Duplex,
  version: Version,
  timeoutMs: number = GREETING_TIMEOUT_MS,
): Promise<{ hello: Hello; rest: Buffer }> {
  const { greeting, rest } = await readGreeting(duplex, undefined, timeoutMs)
  const hello = greeting as Hello
  const mismatch = describeMismatch(hello, version)
  if (mismatch !== undefined) {
    refuse(duplex, mismatch)
    throw new Ec2Error('EC2_PROTOCOL', mismatch)
  }
  return { hello, rest }
}

export function welcome(duplex: Duplex, version: Version): void {
  writeGreeting(duplex, { ok: true, ...version } satisfies Welcome)
}

/** `why`: what a script may want to know besides the message. */
export function refuse(duplex: Duplex, message: string, why: { code?: string; fix?: string | undefined } = {}): void {
  const { code, fix } = why
  writeGreeting(duplex, { ok: false, message, ...(code && { code }), ...(fix && { fix }) } satisfies Refusal)
  duplex.end()
}

function describeMismatch(theirs: Hello, ours: Version): string | undefined {
  if (theirs.protocol !== PROTOCOL_VERSION) {
    return `the client speaks protocol ${theirs.protocol}, this agent ${PROTOCOL_VERSION}`
  }
  if (theirs.node !== ours.node) return `the client runs Node ${theirs.node}, this agent ${ours.node}`
  if (theirs.agent !== ours.agent) return `the client brings agent ${theirs.agent}, this one is ${ours.agent}`
  return undefined
}

function writeGreeting(duplex: Duplex, greeting: object): void {
  for (const piece of toFrame(Buffer.from(JSON.stringify(greeting)))) duplex.write(piece)
}

async function readGreeting(
  duplex: Duplex,
  early: Uint8Array = Buffer.alloc(0),
  timeoutMs: number = GREETING_TIMEOUT_MS,
): Promise<{ greeting: object; rest: Buffer }> {
  const reader = new FrameReader(MAX_GREETING_BYTES)
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  let isTaken = false
  const onData = (chunk: Buffer) => {
    try {
      reader.push(chunk)
      if (isTaken) return // belongs to whoever is next
      const frame = reader.next()
      if (!frame) return
      isTaken = true
      resolve(frame)
    } catch (error) {
      reject(error)
    }
  }
  const onEnd = () => reject(lost('The other end hung up before it greeted'))
  const onError = (cause: Error) => reject(lost('The stream broke before a greeting', cause))
  const late = () => reject(lost(`The other end did not greet within ${timeoutMs / 1000} s`))
  const timer = Number.isFinite(timeoutMs) ? setTimeout(late, timeoutMs) : undefined
  // NOTE: a listener of errors stays: a stream that breaks between two owners must not end the process.
  if (!duplex.listeners('error').includes(ignore)) duplex.on('error', ignore)
  duplex.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onError)
  onData(Buffer.from(early))
  duplex.resume()
  try {
    const frame = await promise
    return { greeting: parseGreeting(frame), rest: reader.rest() }
  } catch (error) {
    duplex.destroy()
    throw error
  } finally {
    clearTimeout(timer)
    duplex.pause()
    duplex.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', onError)
  }
}

function ignore(): void {}

/** Says nothing about who is there: another try may find a greeting. */
function lost(message: string, cause?: Error): Ec2Error {
  return new Ec2Error('EC2_UNREACHABLE', message, { cause, data: { reason: 'lost' } })
}

function parseGreeting(frame: Buffer): object {
  try {
    const greeting: unknown = JSON.parse(frame.toString())
    if (typeof greeting === 'object' && greeting !== null) return greeting
  } catch {
    // falls through: both are the same mistake
  }
  throw new Ec2Error('EC2_PROTOCOL', 'The other end greeted with something that is no greeting')
}
