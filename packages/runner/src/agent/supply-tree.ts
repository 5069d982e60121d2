import { constants, type Dirent } from 'node:fs'
import { copyFile, lstat, mkdir, readdir, readlink, symlink } from 'node:fs/promises'
import { join } from 'node:path'

/** Adds a tree of the store to what a view shows at `root`. What is there, whatever it is, stays as it is. */
export async function supplyTree(tree: string, root: string): Promise<void> {
  for (const entry of await readdir(tree, { withFileTypes: true })) {
    const [from, to] = [join(tree, entry.name), join(root, entry.name)]
    const there = await lstat(to).catch(() => undefined)
    if (!there) await add(entry, from, to)
    if (entry.isDirectory() && (!there || there.isDirectory())) await supplyTree(from, to)
  }
}

async function add(entry: Dirent, from: string, to: string): Promise<void> {
  try {
    if (entry.isDirectory()) await mkdir(to)
    else if (entry.isSymbolicLink()) await symlink(await readlink(from), to)
    else await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error // another worker missed the same
  }
}
