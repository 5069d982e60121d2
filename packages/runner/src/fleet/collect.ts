import { relative } from 'node:path'
import type { HostSession } from '../host/host-session.ts'
import type { WrittenFile } from '../wire/protocol.ts'
import type { CollectedFiles } from './lease.ts'
import type { OpenView } from './views.ts'

/** Files up to this size come home by themselves; larger ones are named. */
const COLLECT_LIMIT_BYTES = 16 << 20

/** Brings home what was written in a view since it was asked last. What lies in mirrored folders comes by itself. */
export async function collectWritten(
  session: HostSession,
  view: OpenView,
  outputs: readonly string[],
): Promise<CollectedFiles> {
  const collected: CollectedFiles = { written: [], left: [] }
  const isMirrored = mirroredBy(view.root, outputs)
  const [written] = await Promise.all([session.call('written', view.id), session.drainMirror(view.id)])
  for (const file of written) {
    if (isMirrored(file.path) || isPackageFile(file.path)) continue
    // A deletion there is no order to delete here: what a host says may add files, never take some away.
    if (file.kind === 'deleted') continue
    const look = lookOf(file)
    if (view.collected.get(file.path) === look) continue
    view.collected.set(file.path, look)
    if (file.kind === 'file' && file.size > COLLECT_LIMIT_BYTES) {
      collected.left.push({ path: file.path, size: file.size })
      continue
    }
    await session.fetchWritten(view.id, view.root, file)
    collected.written.push(file.path)
  }
  return collected
}

function mirroredBy(root: string, outputs: readonly string[]): (path: string) => boolean {
  const folders = outputs.map((folder) => relative(root, folder))
  return (path) => folders.some((folder) => path === folder || path.startsWith(`${folder}/`))
}

/** Caches that tools keep beside packages are the host's own business. */
function isPackageFile(path: string): boolean {
  return path.split('/').includes('node_modules')
}

function lookOf(file: WrittenFile): string {
  if (file.kind === 'file') return `${file.hash} ${file.mode}`
  return file.kind === 'link' ? `-> ${file.link}` : 'deleted'
}
