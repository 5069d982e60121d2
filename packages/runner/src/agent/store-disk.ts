import { statfsSync } from 'node:fs'
import { Ec2Error } from '../errors.ts'

/** Bytes that an ordinary user can still write below a folder. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/** Turns the error of a full disk into a sentence; returns every other as it is. */
export function explainDisk(error: unknown, folder: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return fullDisk(folder, { cause: error })
}

/** `neededBytes`: of the pack that does not fit, when that is known. */
export function fullDisk(folder: string, { neededBytes, cause }: { neededBytes?: number; cause?: unknown }): Ec2Error {
  const free = freeBytes(folder)
  const need = neededBytes === undefined ? '' : `, and ${megabytes(neededBytes)} are needed`
  return new Ec2Error('EC2_HOST', `The disk of the host is full: ${folder} has ${megabytes(free)} left${need}`, {
    fix: `Give the host a larger disk (\`disk\` in its entry of \`hosts\`), or remove what is not needed there.`,
    cause,
    data: { folder, freeBytes: free, neededBytes },
  })
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
