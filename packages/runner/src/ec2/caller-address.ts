import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { isIP } from 'node:net'
import { text } from 'node:stream/consumers'
import { Ec2Error } from '../errors.ts'

const ECHO = 'https://checkip.amazonaws.com'
const TIMEOUT_MS = 5000

/**
 * The ranges from which SSH is let in: those named by the `network.allowFrom` option or VITEST_EC2_ALLOW_FROM (for
 * people behind several gateways, and where nothing outside can be asked), else the address that the world sees here.
 */
export async function findAllowed(
  allowFrom: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string[]> {
  const named = namedRanges(allowFrom, env)
  return named.length > 0 ? named.map(toRange) : [await askAddress()]
}

/** The address that the world sees here, asked anew over a connection of its own. */
export async function askAddress(): Promise<string> {
  try {
    return toRange((await getOverIpv4(ECHO)).trim())
  } catch (cause) {
    throw new Ec2Error(
      'EC2_NETWORK',
      `The public address of this machine could not be found (${ECHO} does not answer)`,
      {
        fix: 'Name the addresses that may reach SSH: `network: { allowFrom: ["203.0.113.7/32"] }` or VITEST_EC2_ALLOW_FROM.',
        cause,
      },
    )
  }
}

function namedRanges(allowFrom: readonly string[], env: NodeJS.ProcessEnv): readonly string[] {
  return env['VITEST_EC2_ALLOW_FROM']?.split(',').map((range) => range.trim()) ?? allowFrom
}

/** Hosts have IPv4 addresses: where a machine has both kinds, the other is not what they see. */
async function getOverIpv4(url: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  get(url, { family: 4, agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) }, resolve).on('error', reject)
  return await text(await promise)
}

/** `203.0.113.7` -> `203.0.113.7/32`; a range stays. */
function toRange(address: string): string {
  const [host = '', bits] = address.split('/')
  const family = isIP(host)
  if (family === 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) {
    throw new Ec2Error('EC2_OPTIONS', `Expected an address or range such as \`203.0.113.7/32\`, got \`${address}\``)
  }
  return bits === undefined ? `${host}/${family === 4 ? 32 : 128}` : address
}
