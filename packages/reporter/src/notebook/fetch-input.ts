import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { NotebookError } from '../errors.ts'
import { s3Settings } from '../net/aws-settings.ts'

/**
 * Brings an object of S3 to the machine that the test runs on, and keeps it there: the next time S3 is only asked whether
 * it is still the same. On a host of `--pool=ec2` the host's own role reads it, elsewhere the credentials that the AWS SDK
 * finds. It takes the way to the machine that needs it, and no other.
 *
 * @param url `s3://bucket/key`
 * @returns path of the file, not to be written to
 * @throws NotebookError `NOTEBOOK_INPUT` with the URL in it
 */
export async function fetchInput(url: string): Promise<string> {
  const [, bucket, key] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.+)$/.exec(url) ?? []
  if (bucket === undefined || key === undefined) {
    throw new NotebookError('NOTEBOOK_INPUT', `Expected an input such as \`s3://bucket/key\`, got \`${url}\`.`)
  }
  const folder = join(cacheFolder(), createHash('sha256').update(url).digest('hex').slice(0, 32))
  try {
    await mkdir(folder, { recursive: true })
    return await fetchObject({ Bucket: bucket, Key: key }, folder)
  } catch (cause) {
    throw explain(cause, url)
  }
}

/** A file is named by the ETag of its content, so it is the whole of one version of the object or not there. */
async function fetchObject(object: { Bucket: string; Key: string }, folder: string): Promise<string> {
  const { S3Client, GetObjectCommand } = await import('@aws-sdk/client-s3') // who has no such input does not load it
  const client = new S3Client(s3Settings())
  const known = (await readdir(folder)).find((name) => !name.endsWith(PART))
  try {
    const condition = known === undefined ? {} : { IfNoneMatch: `"${known}"` }
    const { Body, ETag } = await client.send(new GetObjectCommand({ ...object, ...condition }))
    const name = (ETag ?? '').replaceAll(/[^\w-]/g, '')
    const part = join(folder, `${randomUUID()}${PART}`)
    await pipeline(Body as Readable, createWriteStream(part))
    await rename(part, join(folder, name))
    if (known !== undefined && known !== name) await rm(join(folder, known), { force: true })
    return join(folder, name)
  } catch (error) {
    if (known !== undefined && statusOf(error) === 304) return join(folder, known)
    throw error
  } finally {
    client.destroy()
  }
}

const PART = '.part'

function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'vitest-notebook/inputs')
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
}

function explain(cause: unknown, url: string): NotebookError {
  const { name, message } = cause as Error
  const status = statusOf(cause)
  const what =
    status === 404
      ? 'it is not there'
      : status === 403
        ? 'this may not be read here. On a host, `iam.allow` of `ec2()` gives its role `s3:GetObject` of it; elsewhere your own credentials decide'
        : `${name}: ${message}`
  return new NotebookError('NOTEBOOK_INPUT', `The input ${url} cannot be had: ${what}.`, { cause })
}
