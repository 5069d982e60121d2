import { readlinkSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'

/** Where a link leads, relative to its own folder; nothing when it leads out of the root. */
export function readLink(root: string, path: string): string | undefined {
  const target = readlinkSync(join(root, path)).split(sep).join('/')
  const folder = posix.dirname(path)
  if (!posix.isAbsolute(target)) return isInside(posix.join(folder, target)) ? target : undefined
  const inside = relative(root, target).split(sep).join('/')
  return isInside(inside) ? posix.relative(folder, inside) || '.' : undefined
}

/** True for a relative path that does not climb out. */
export function isInside(path: string): boolean {
  return path !== '..' && !path.startsWith('../') && !posix.isAbsolute(path)
}
