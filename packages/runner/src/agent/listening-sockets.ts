import { readdir, readFile, readlink } from 'node:fs/promises'

/** A TCP socket that waits for connections at an address that loopback leads to. */
export interface ListeningSocket {
  /** tells it from all others of the machine */
  inode: string
  port: number
  host: '127.0.0.1' | '::1'
}

/** State of a socket that listens, as the kernel writes it. */
const LISTEN = '0A'
/** Addresses as the kernel writes them, and where a connection finds whoever listens there. */
const HOSTS: Record<string, ListeningSocket['host']> = {
  '00000000': '127.0.0.1',
  '0100007F': '127.0.0.1',
  '00000000000000000000000000000000': '127.0.0.1', // :: takes connections of both families, unless it was told not to
  '0000000000000000FFFF00000100007F': '127.0.0.1',
  '00000000000000000000000001000000': '::1',
}

/** Sockets of this network that listen on loopback or on all addresses, whoever has them. */
export async function listListeningSockets(): Promise<ListeningSocket[]> {
  const tables = await Promise.all(
    ['/proc/self/net/tcp', '/proc/self/net/tcp6'].map((path) => readFile(path, 'latin1').catch(() => '')),
  )
  return tables.flatMap((table) => table.split('\n').slice(1).flatMap(readSocket))
}

/** The sockets that some of these processes have open, by inode. */
export async function inodesOf(pids: readonly number[]): Promise<Set<string>> {
  const found = await Promise.all(
    pids.map(async (pid) => {
      const names = await readdir(`/proc/${pid}/fd`).catch(() => [])
      return await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')))
    }),
  )
  return new Set(found.flat().flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []))
}

/** Columns: number, local address, remote address, state, queues, timer, retransmits, user, time-out, inode. */
function readSocket(line: string): ListeningSocket[] {
  const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
  const [address = '', port = ''] = local.split(':')
  const host = HOSTS[address]
  return state === LISTEN && host !== undefined ? [{ inode, port: Number.parseInt(port, 16), host }] : []
}
