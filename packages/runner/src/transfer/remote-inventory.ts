import { Ec2Error } from '../errors.ts'
import type { Connection } from '../host/connection.ts'
import { quote } from '../host/shell.ts'
import type { Inventory } from './inventory.ts'

/** What is to be copied from a host. @throws Ec2Error `EC2_SYNC` when nothing is there */
export async function takeRemoteInventory(
  connection: Connection,
  path: string,
  signal?: AbortSignal,
): Promise<Inventory> {
  const at = quote(path)
  const options = signal ? { signal } : {}
  const script = `
set -eu
if [ -d ${at} ]; then cd ${at}; find . -mindepth 1 \\( -type f -o -type d -o -type l \\) -printf '%y %m %s %P\\0%l\\0'
elif [ -f ${at} ]; then printf 'F %s \\0\\0' "$(stat -L -c '%a %s' ${at})"
else echo ${quote(`${path} is neither a file nor a folder there`)} >&2; exit 3; fi`
  const { stdout } = await connection.exec(script, options).catch((cause: unknown) => {
    if (!(cause instanceof Ec2Error) || cause.data['code'] !== 3) throw cause
    throw new Ec2Error('EC2_SYNC', `There is no file or folder ${path} on ${connection.name}`, { cause })
  })
  const inventory: Inventory = { isFolder: true, files: [], links: [], folders: [] }
  const fields = stdout.split('\0')
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const match = /^([fdlF]) (\d+) (\d+) ([^]*)$/.exec(fields[index]!)
    if (!match) throw new Ec2Error('EC2_PROTOCOL', `${connection.name} lists its files in a way that cannot be read`)
    const [, kind, mode, size, inside = ''] = match
    if (kind === 'F') inventory.isFolder = false
    if (kind === 'd') inventory.folders.push(inside)
    else if (kind === 'l') inventory.links.push({ path: inside, link: fields[index + 1]! })
    else inventory.files.push({ path: inside, mode: Number.parseInt(mode!, 8), size: Number(size), hash: '' })
  }
  const hashes = await hashRemote(
    connection,
    path,
    inventory.files.map((file) => file.path),
    signal,
  )
  for (const file of inventory.files) file.hash = hashes.get(file.path) ?? ''
  return inventory
}

/** sha256 in hex of those of the files below a folder of the host that are there; '' is the path itself. */
export async function hashRemote(
  connection: Connection,
  folder: string,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  if (paths.length === 0) return new Map()
  const isFile = paths.length === 1 && paths[0] === ''
  const names = isFile ? [folder] : paths.map((path) => `./${path}`)
  const script = isFile ? '' : `cd ${quote(folder)} 2>/dev/null || exit 0; `
  // Those that are missing are no mistake, and each costs a line.
  const { stdout } = await connection.exec(`${script}xargs -0 -r sha256sum -z -b -- 2>/dev/null || true`, {
    input: `${names.join('\0')}\0`,
    ...(signal && { signal }),
  })
  const found = new Map<string, string>()
  for (const line of stdout.split('\0')) {
    const match = /^([0-9a-f]{64}) [ *]([^]+)$/.exec(line)
    if (match) found.set(isFile ? '' : match[2]!.slice(2), match[1]!)
  }
  return found
}
