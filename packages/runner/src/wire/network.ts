import { readFile, readlink } from 'node:fs/promises'

/** Names the loopback that a process sees: the boot of its kernel, and its network namespace. Nobody else's where there is no /proc. */
export async function readNetwork(): Promise<string> {
  const [boot, namespace] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => `process ${process.pid}`),
    readlink('/proc/self/ns/net').catch(() => ''),
  ])
  return `${boot.trim()} ${namespace}`
}
