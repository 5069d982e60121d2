import { lstat, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Ec2Error } from '../errors.ts'

/**
 * The file that a relative path of a host names below `root`, its folders made. Nothing the host says leads out of it.
 * @throws Ec2Error `EC2_PROTOCOL` for an absolute path, one that climbs, or one that goes through a link
 */
export async function confine(root: string, path: string): Promise<string> {
  const steps = path.split('/')
  const isPlain = steps.every((step) => step !== '' && step !== '.' && step !== '..' && !step.includes('\0'))
  if (!isPlain || path.length > 4096 || (process.platform === 'win32' && /[\\:]/.test(path))) throw refusal(root, path)
  let folder = root
  await mkdir(root, { recursive: true })
  for (const step of steps.slice(0, -1)) {
    folder = join(folder, step)
    await mkdir(folder).catch(ignoreExisting)
    if (!(await lstat(folder)).isDirectory()) throw refusal(root, path)
  }
  return join(root, path)
}

function refusal(root: string, path: string): Ec2Error {
  return new Ec2Error(
    'EC2_PROTOCOL',
    `A host wants to write \`${path.slice(0, 200)}\`, which does not lie plainly below ${root}`,
    {
      data: { root, path },
    },
  )
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
