import { lstat, realpath } from 'node:fs/promises'
import { dirname, isAbsolute, relative, sep } from 'node:path'
import { Ec2Error } from '../errors.ts'

/**
 * Checks that a path named by a host may be read or written here: it lies below the root, not by a link out of it, and
 * is not part of what decides which code runs here.
 * @throws Ec2Error `EC2_PROTOCOL`
 */
export async function confine(root: string, path: string): Promise<string> {
  const inside = isAbsolute(path) && isBelow(root, path) && isBelow(await realpath(root), await realTarget(path))
  const segments = relative(root, path).split(sep)
  if (inside && !segments.includes('node_modules') && !segments.includes('.git')) return path
  throw new Ec2Error('EC2_PROTOCOL', `A host named ${path}, which is outside of ${root}`, {
    fix: 'Files of a test that lie elsewhere are not fetched; keep them below the root of the project.',
    data: { path, root },
  })
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** Where a path leads: the file itself where it exists, else the nearest folder above it that does. */
async function realTarget(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    // A link to nowhere: writing to it would make the file it leads to.
    if (await lstat(path).catch(() => undefined)) return sep
    const parent = dirname(path)
    return parent === path ? path : `${await realTarget(parent)}${sep}${path.slice(parent.length + 1)}`
  }
}
