import ssh2, { type AnyAuthMethod, type Client } from 'ssh2'
import { Ec2Error } from '../errors.ts'
import type { HostAddress } from '../host/connection.ts'
import { explainFailure } from './explain-failure.ts'
import { gatherWrites } from './gather-writes.ts'
import { createHostKeyCheck } from './host-key.ts'
import { openTransport, type DialOptions } from './open-transport.ts'
import { resolveSettings, type SshSettings } from './ssh-settings.ts'

const READY_TIMEOUT_MS = 20_000
/** AES in hardware is everywhere and twice as fast as the next. */
const CIPHERS = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
  'chacha20-poly1305@openssh.com',
] as const

/** One authenticated SSH connection. @throws Ec2Error `EC2_UNREACHABLE`, `EC2_HOST_KEY` */
export async function dial(address: HostAddress, options: DialOptions): Promise<Client> {
  const settings = resolveSettings(address)
  const { signal } = options
  signal.throwIfAborted()
  const transport = options.transport ? await options.transport() : await openTransport(settings, dial, signal)
  gatherWrites(transport)
  const check = createHostKeyCheck(settings, address.hostKeys)
  const client = new ssh2.Client()
  client.setMaxListeners(0) // every channel listens for its end
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let refusal: Ec2Error | undefined
  const onAbort = () => reject(signal.reason as Error)
  signal.addEventListener('abort', onAbort)
  // NOTE: the listener of errors stays for the life of the client: without one the process would end.
  client
    .on('ready', resolve)
    .on('error', (error) => reject(refusal ?? explainFailure(error, settings)))
    .on('close', () => reject(refusal ?? explainFailure(new Error('Connection lost before handshake'), settings)))
  try {
    client.connect({
      sock: transport as never,
      username: settings.user,
      readyTimeout: READY_TIMEOUT_MS,
      keepaliveInterval: 0,
      authHandler: authMethods(settings),
      hostVerifier: (key: Buffer) => {
        refusal = check.verify(key)
        return refusal === undefined
      },
      algorithms: {
        cipher: [...CIPHERS],
        ...(check.algorithms && { serverHostKey: check.algorithms as never }),
      },
    })
    await promise
    startSession(client)
    return client
  } catch (error) {
    client.destroy()
    transport.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** Keys of the configuration first, then those of the key agent; never a password, which would need a terminal. */
function authMethods({ user: username, keys, agent, host }: SshSettings): AnyAuthMethod[] {
  const locked: string[] = []
  const methods = keys.flatMap(({ name, text }): AnyAuthMethod[] => {
    const key = ssh2.utils.parseKey(text)
    if (!(key instanceof Error)) return [{ type: 'publickey', username, key: text }]
    locked.push(name)
    return []
  })
  if (agent !== undefined) methods.push({ type: 'agent', username, agent })
  if (methods.length > 0) return methods
  const why =
    locked.length > 0 ? `the keys found are encrypted or unreadable (${locked.join(', ')})` : 'no key was found'
  throw new Ec2Error('EC2_UNREACHABLE', `There is nothing to prove to ${host} who you are: ${why}`, {
    fix: 'Start an `ssh-agent` and add your key with `ssh-add`, or name a key with `IdentityFile` in ~/.ssh/config.',
    data: { reason: 'authentication' },
  })
}

/** sshd switches Nagle's algorithm off only when a session starts; until then small answers wait 40 ms. */
function startSession(client: Client): void {
  client.exec('true', (error, channel) => {
    if (error) return
    channel.on('error', () => {}).resume()
    channel.stderr.resume()
  })
}
