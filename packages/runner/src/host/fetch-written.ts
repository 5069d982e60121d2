import { createHash, randomUUID } from 'node:crypto'
import { lstat, open, rename, rm, symlink } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { Ec2Error } from '../errors.ts'
import type { AgentMethods, WrittenFile } from '../wire/protocol.ts'
import { confine } from './confine.ts'

const CHUNK_BYTES = 4 << 20
/** Beyond this a file is an output and belongs in an output folder. */
const MAX_BYTES = 4 * 2 ** 30

type ReadFile = (...params: Parameters<AgentMethods['readFile']>) => Promise<Uint8Array>

/**
 * Brings a file of a view to the same path below `root` here: whole and as its hash says, or not at all.
 * @throws Ec2Error `EC2_PROTOCOL` when it would lie outside of `root`, `EC2_SYNC` when it changed while it was read
 */
export async function fetchWritten(readFile: ReadFile, view: string, root: string, file: WrittenFile): Promise<void> {
  const target = await confine(root, file.path)
  if (file.kind === 'deleted') return await rm(target, { recursive: true, force: true })
  const part = join(dirname(target), `.${randomUUID()}.part`)
  try {
    if (file.kind === 'link') await symlink(checkLink(root, file), part)
    else await download(readFile, view, file, part)
    if ((await lstat(target).catch(() => undefined))?.isDirectory()) await rm(target, { recursive: true })
    await rename(part, target)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

/** A link may point at what lies below the root, and only relatively: it is followed by everybody later. */
function checkLink(root: string, { path, link }: WrittenFile & { kind: 'link' }): string {
  const way = relative(root, resolve(dirname(join(root, path)), link))
  if (link === '' || link.startsWith('/') || link.includes('\0') || way === '..' || way.startsWith('../')) {
    throw new Ec2Error(
      'EC2_PROTOCOL',
      `A host wants to make \`${path}\` a link to \`${link.slice(0, 200)}\`, out of ${root}`,
      {
        data: { root, path, link },
      },
    )
  }
  return link
}

async function download(
  readFile: ReadFile,
  view: string,
  file: WrittenFile & { kind: 'file' },
  part: string,
): Promise<void> {
  if (!Number.isSafeInteger(file.size) || file.size < 0 || file.size > MAX_BYTES) {
    throw new Ec2Error('EC2_SYNC', `\`${file.path}\` has ${file.size} bytes: ${MAX_BYTES} is the most that is fetched`)
  }
  const hash = createHash('sha256')
  const handle = await open(part, 'wx', file.mode & 0o777)
  try {
    for (let at = 0; at < file.size;) {
      const data = await readFile(view, file.path, at, Math.min(at + CHUNK_BYTES, file.size))
      if (data.length === 0 || data.length > CHUNK_BYTES) break
      hash.update(data)
      await handle.write(data)
      at += data.length
    }
  } finally {
    await handle.close()
  }
  if (hash.digest('hex') !== file.hash) {
    throw new Ec2Error('EC2_SYNC', `\`${file.path}\` changed on the host while it was fetched`, {
      data: { path: file.path },
    })
  }
}
