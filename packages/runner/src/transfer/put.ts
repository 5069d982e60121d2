import { createReadStream } from 'node:fs'
import { basename, join, posix } from 'node:path'
import type { Transform } from 'node:stream'
import { Ec2Error } from '../errors.ts'
import type { Connection } from '../host/connection.ts'
import { quote } from '../host/shell.ts'
import { counter, type Copied, type CopyOptions } from './copy.ts'
import { hashFile, nameOf, takeInventory, totalBytes, type Inventory, type InventoryFile } from './inventory.ts'
import { toLots } from './lots.ts'
import { hashRemote } from './remote-inventory.ts'
import { packFolder } from './tar.ts'

/**
 * Copies a file or folder to exactly that path of a machine. It is gathered and verified beside its place first; a copy
 * that is started again goes on with what is there.
 * @throws Ec2Error `EC2_SYNC`, `EC2_FUNCTION` what the machine says against it
 */
export async function put(
  connection: Connection,
  from: string,
  to: string,
  options: CopyOptions = {},
): Promise<Copied> {
  const { signal, onProgress = () => {} } = options
  const bySignal = signal ? { signal } : {}
  const inventory = await takeInventory(from, signal)
  const place = await makePlace(connection, to, nameOf(inventory, to), signal)
  const paths = inventory.files.map(({ path }) => path)
  const [there, gathered] = await Promise.all([
    hashRemote(connection, place.target, paths, signal),
    hashRemote(connection, place.content, paths, signal),
  ])
  const missing = inventory.files.filter(({ path, hash }) => gathered.get(path) !== hash && there.get(path) !== hash)
  const total = totalBytes(inventory.files)
  let done = total - totalBytes(missing)
  let sent = 0
  const count = (bytes: number, isSkipped = false) => {
    done += bytes
    if (!isSkipped) sent += bytes
    onProgress({ doneBytes: Math.min(done, total), totalBytes: total })
  }

  const { large, lots } = toLots(missing)
  await makeFolders(connection, place.content, inventory, missing, bySignal)
  await Promise.all([
    ...lots.map((files) => sendTogether(files.map(({ path }) => path))),
    ...(inventory.links.length > 0 ? [sendTogether(inventory.links.map(({ path }) => path))] : []),
    sendLarge(large),
  ])
  await verify(connection, place.content, missing, signal)
  await moveIntoPlace(connection, place, inventory, bySignal)
  return { files: inventory.files.length, bytes: total, sent }

  async function sendTogether(chosen: string[]): Promise<void> {
    await packFolder(from, chosen, async (archive) => {
      const input = archive.pipe(counter(count))
      await connection.exec(`tar -xf - -C ${quote(place.content)}`, { input, ...bySignal })
    })
  }

  async function sendLarge(files: InventoryFile[]): Promise<void> {
    for (const { path, size, mode } of files) {
      const file = path === '' ? from : join(from, path)
      const target = path === '' ? place.content : `${place.content}/${path}`
      const at = await partThere(connection, file, target, size, signal)
      count(at, true)
      const input = readFrom(file, at, counter(count))
      const line = `cat ${at > 0 ? '>>' : '>'} ${quote(target)} && chmod ${mode.toString(8)} ${quote(target)}`
      await connection.exec(line, { input, ...bySignal })
    }
  }
}

/** A file's bytes from there on, by way of `through`, which fails where they cannot be read. */
function readFrom(file: string, start: number, through: Transform): Transform {
  const content = createReadStream(file, { start })
  content.once('error', (cause) => {
    through.destroy(new Ec2Error('EC2_SYNC', `${file} cannot be read here: ${cause.message}`, { cause }))
  })
  through.once('close', () => content.destroy())
  return content.pipe(through)
}

interface Place {
  target: string
  /** folder beside the target, on the same disk */
  staging: string
  /** where the file or folder is gathered */
  content: string
  /** `sudo -n ` where only that may write beside the target */
  as: string
}

async function makePlace(connection: Connection, to: string, name: string, signal?: AbortSignal): Promise<Place> {
  const part = `.${basename(to)}.${name}.part`
  const script = `
set -eu
target=${quote(to)}
case "$target" in /*) ;; *) target="$HOME/$target" ;; esac
target=\${target%/}
parent=$(dirname -- "$target")
as=
if ! { mkdir -p -- "$parent" && [ -w "$parent" ]; } 2>/dev/null; then
  if sudo -n true 2>/dev/null; then as='sudo -n '; else mkdir -p -- "$parent"; touch -- "$parent"; fi
fi
staging="$parent"/${quote(part)}
\${as}mkdir -p -- "$staging"
[ -z "$as" ] || sudo -n chown "$(id -u):$(id -g)" "$staging"
printf '%s\\0' "$as" "$target" "$staging"`
  const { stdout } = await connection.exec(script, signal ? { signal } : {})
  const [as = '', target = '', staging = ''] = stdout.split('\0')
  return { as, target, staging, content: posix.join(staging, 'content') }
}

async function makeFolders(
  connection: Connection,
  content: string,
  { isFolder, folders }: Inventory,
  missing: readonly InventoryFile[],
  options: { signal?: AbortSignal },
): Promise<void> {
  if (!isFolder) return
  const all = new Set(['', ...folders, ...missing.map(({ path }) => posix.dirname(path))])
  const input = [...all].map((folder) => `${posix.join(content, folder)}\0`).join('')
  await connection.exec('xargs -0 mkdir -p --', { input, ...options })
}

/** Bytes of a file that arrived before and are as they are here. */
async function partThere(
  connection: Connection,
  file: string,
  target: string,
  size: number,
  signal?: AbortSignal,
): Promise<number> {
  const script = `stat -c %s -- ${quote(target)} 2>/dev/null && sha256sum -b -- ${quote(target)} || true`
  const { stdout } = await connection.exec(script, signal ? { signal } : {})
  const [, bytes, hash] = /^(\d+)\n\\?([0-9a-f]{64}) /.exec(stdout) ?? []
  const at = Number(bytes ?? 0)
  return at > 0 && at < size && (await hashFile(file, at)) === hash ? at : 0
}

async function verify(
  connection: Connection,
  content: string,
  files: readonly InventoryFile[],
  signal?: AbortSignal,
): Promise<void> {
  const found = await hashRemote(
    connection,
    content,
    files.map(({ path }) => path),
    signal,
  )
  const wrong = files.filter(({ path, hash }) => found.get(path) !== hash)
  if (wrong.length === 0) return
  const names = wrong
    .slice(0, 3)
    .map(({ path }) => `\`${path || content}\``)
    .join(', ')
  await connection.exec(`rm -rf -- ${quote(content)}`).catch(() => {}) // so that the next copy begins anew
  throw new Ec2Error(
    'EC2_SYNC',
    `${wrong.length} files did not arrive on ${connection.name} as they are here: ${names}`,
    {
      fix: 'Did they change while they were copied? Copy them again.',
      data: { paths: wrong.map(({ path }) => path) },
    },
  )
}

/** A new target appears whole; in a folder that is there, each file is replaced. */
async function moveIntoPlace(
  connection: Connection,
  { as, target, staging, content }: Place,
  { isFolder }: Inventory,
  options: { signal?: AbortSignal },
): Promise<void> {
  const [to, part] = [quote(target), quote(content)]
  const merge = `if [ -e ${to} ]; then ${as}cp -alfT -- ${part} ${to} 2>/dev/null || ${as}cp -afT -- ${part} ${to}; else ${as}mv -T -- ${part} ${to}; fi`
  const replace = `if [ -d ${to} ]; then echo ${quote(`${target} is a folder there`)} >&2; exit 1; fi; if [ -e ${part} ]; then ${as}mv -fT -- ${part} ${to}; fi`
  await connection.exec(`set -eu; ${isFolder ? merge : replace}; ${as}rm -rf -- ${quote(staging)}`, options)
}
