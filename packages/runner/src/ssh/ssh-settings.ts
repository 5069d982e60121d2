import { existsSync, readFileSync } from 'node:fs'
import { homedir, hostname, userInfo } from 'node:os'
import { isAbsolute, join } from 'node:path'
import SshConfig from 'ssh-config'
import { globSync } from 'tinyglobby'
import type { HostAddress } from '../host/connection.ts'

/** What OpenSSH would do to reach an address, as far as we follow it. */
export interface SshSettings {
  /** the name known_hosts lists it under, when it is another than `host` */
  hostKeyAlias: string | undefined
  host: string
  port: number
  user: string
  /** text of private keys, and where each is from */
  keys: { name: string; text: string }[]
  /** socket of the user's key agent */
  agent: string | undefined
  knownHosts: string[]
  jumps: HostAddress[]
  /** a shell command whose input and output are the connection */
  proxyCommand: string | undefined
}

/** Joins an address with the user's configuration of its alias. An explicit key or host key stays the only one. */
export function resolveSettings(address: HostAddress, home: string = homedir()): SshSettings {
  const name = address.alias ?? address.host
  const config = computeConfig(name, home)
  const one = (parameter: string) => [config[parameter] ?? []].flat()[0]
  const host = (address.alias !== undefined && one('hostname')?.replaceAll('%h', name)) || address.host
  const user = address.user || one('user') || userInfo().username
  const port = address.alias === undefined || address.port !== 22 ? address.port : Number(one('port') ?? 22)
  const expand = (path: string) => expandTokens(path, { host, port, user, name, home })
  const hasAlias = address.alias !== undefined
  const agent = hasAlias ? (one('identityagent') ?? process.env.SSH_AUTH_SOCK) : process.env.SSH_AUTH_SOCK
  return {
    hostKeyAlias: hasAlias ? one('hostkeyalias') : undefined,
    host,
    port,
    user,
    keys:
      address.privateKey === undefined
        ? readKeys([config.identityfile ?? []].flat().map(expand), home)
        : [{ name: 'the key it was launched with', text: address.privateKey }],
    agent: address.privateKey !== undefined || agent === undefined || agent === 'none' ? undefined : expand(agent),
    knownHosts: [config.userknownhostsfile ?? '~/.ssh/known_hosts ~/.ssh/known_hosts2']
      .flat()
      .flatMap((files) => files.split(/\s+/))
      .concat('/etc/ssh/ssh_known_hosts')
      .map(expand),
    jumps: hasAlias ? parseJumps(one('proxyjump')) : [],
    proxyCommand:
      hasAlias && one('proxycommand') !== 'none' ? proxyOf([config.proxycommand ?? []].flat(), expand) : undefined,
  }
}

function proxyOf(words: string[], expand: (text: string) => string): string | undefined {
  return words.length === 0 ? undefined : expand(words.join(' '))
}

function computeConfig(name: string, home: string): Record<string, string | string[]> {
  const text = [join(home, '.ssh/config'), '/etc/ssh/ssh_config'].map((file) => readConfig(file, home)).join('\n')
  return SshConfig.parse(text).compute(name, { ignoreCase: true })
}

/** The file with what it includes in place. */
function readConfig(file: string, home: string, depth = 0): string {
  if (depth > 8 || !existsSync(file)) return ''
  const folder = file.startsWith('/etc/') ? '/etc/ssh' : join(home, '.ssh')
  return readFileSync(file, 'utf8').replaceAll(/^[ \t]*include[ \t]+(.+)$/gim, (_line, patterns: string) => {
    const found = patterns.split(/\s+/).flatMap((pattern) => {
      const path = pattern.replaceAll('"', '').replace(/^~(?=\/)/, home)
      return globSync(isAbsolute(path) ? path : join(folder, path), {
        absolute: true,
        dot: true,
        expandDirectories: false,
      })
    })
    return found.map((included) => readConfig(included, home, depth + 1)).join('\n')
  })
}

function readKeys(named: string[], home: string): SshSettings['keys'] {
  const usual = ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(home, '.ssh', name))
  return (named.length > 0 ? named : usual).flatMap((name) => {
    try {
      return [{ name, text: readFileSync(name, 'utf8') }]
    } catch {
      return [] // named in the configuration and not there, or not ours to read: as OpenSSH does
    }
  })
}

/** `user@host:port,…`, each again an alias or an address. */
function parseJumps(text: string | undefined): HostAddress[] {
  if (text === undefined || text === 'none') return []
  return text.split(',').map((jump) => {
    const [, user = '', bracketed, plain = '', port] =
      /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(jump.trim()) ?? []
    const host = bracketed ?? plain
    return { alias: host, host, user, port: Number(port ?? 22) }
  })
}

interface Tokens {
  host: string
  port: number
  user: string
  name: string
  home: string
}

function expandTokens(text: string, { host, port, user, name, home }: Tokens): string {
  const values: Record<string, string> = {
    '%%': '%',
    '%h': host,
    '%n': name,
    '%p': String(port),
    '%r': user,
    '%u': userInfo().username,
    '%d': home,
    '%l': hostname(),
    '%L': hostname().split('.')[0] ?? '',
  }
  return text.replace(/^~(?=\/)/, home).replaceAll(/%./g, (token) => values[token] ?? token)
}
