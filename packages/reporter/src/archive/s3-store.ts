import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import {
  CopyObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { s3Settings } from '../net/aws-settings.ts'
import { explainS3Error } from './explain-s3-error.ts'
import type { ArchiveStore, ByteRange, Content, ContentHeaders, StoredContent, StoredObject } from './store.ts'

/** A prefix of a bucket as a store. Nothing is made public: who may read is the bucket's own business. */
export class S3Store implements ArchiveStore {
  readonly name: string
  #client: S3Client
  #bucket: string
  #prefix: string

  /** @param place `prefix` is empty or ends with `/` */
  constructor({ bucket, prefix, client }: { bucket: string; prefix: string; client: S3Client }) {
    this.#client = client
    this.#bucket = bucket
    this.#prefix = prefix
    this.name = `s3://${bucket}/${prefix}`.replace(/\/$/, '')
  }

  async read(key: string, range?: ByteRange): Promise<StoredContent | undefined> {
    try {
      const found = await this.#client.send(new GetObjectCommand({ ...this.#at(key), Range: toHeader(range) }))
      const part = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(found.ContentRange ?? '')
      return {
        body: found.Body as Readable,
        bytes: part ? Number(part[3]) : (found.ContentLength ?? 0),
        ...(part && { range: { start: Number(part[1]), end: Number(part[2]) } }),
        contentType: found.ContentType ?? 'application/octet-stream',
        ...(found.ContentEncoding && { contentEncoding: found.ContentEncoding }),
        etag: toEtag(found.ETag),
      }
    } catch (error) {
      if (error instanceof NoSuchKey || statusOf(error) === 404) return undefined
      if (statusOf(error) === 416) return range && (await this.read(key))
      throw explainS3Error(error, this.name, 's3:GetObject')
    }
  }

  async *list(prefix: string): AsyncGenerator<StoredObject, void> {
    for await (const { Contents = [] } of this.#pages(prefix)) {
      for (const { Key = '', Size = 0, ETag, LastModified } of Contents) {
        const key = Key.slice(this.#prefix.length)
        yield { key, bytes: Size, etag: toEtag(ETag), modifiedAt: LastModified?.getTime() ?? 0 }
      }
    }
  }

  async *folders(prefix: string): AsyncGenerator<string, void> {
    for await (const { CommonPrefixes = [] } of this.#pages(prefix, '/')) {
      for (const { Prefix = '' } of CommonPrefixes) yield Prefix.slice(this.#prefix.length + prefix.length, -1)
    }
  }

  async put(
    key: string,
    content: Content,
    headers: ContentHeaders,
    condition?: string | null,
  ): Promise<string | undefined> {
    const params = { ...this.#at(key), ...toParams(headers), ...('gzipped' in content && { ContentEncoding: 'gzip' }) }
    try {
      if ('file' in content) {
        const upload = new Upload({ client: this.#client, params: { ...params, Body: createReadStream(content.file) } })
        return toEtag((await upload.done()).ETag)
      }
      const Body = 'text' in content ? content.text : content.gzipped
      const only =
        condition === undefined ? {} : condition === null ? { IfNoneMatch: '*' } : { IfMatch: `"${condition}"` }
      return toEtag((await this.#client.send(new PutObjectCommand({ ...params, Body, ...only }))).ETag)
    } catch (error) {
      // 404: what was to be replaced is gone; 409: somebody else is at it
      if (condition !== undefined && [404, 409, 412].includes(statusOf(error) ?? 0) && !isMissingBucket(error))
        return undefined
      throw explainS3Error(error, this.name, 's3:PutObject')
    }
  }

  async copy(from: string, to: string, headers: ContentHeaders): Promise<void> {
    const source = [this.#bucket, ...`${this.#prefix}${from}`.split('/')].map(encodeURIComponent).join('/')
    const command = new CopyObjectCommand({
      ...this.#at(to),
      ...toParams(headers),
      CopySource: source,
      MetadataDirective: 'REPLACE',
    })
    await this.#client.send(command).catch((error: unknown) => {
      throw explainS3Error(error, this.name, 's3:GetObject and s3:PutObject')
    })
  }

  async *#pages(prefix: string, Delimiter?: string) {
    let ContinuationToken: string | undefined
    do {
      const page = await this.#client
        .send(
          new ListObjectsV2Command({
            Bucket: this.#bucket,
            Prefix: `${this.#prefix}${prefix}`,
            Delimiter,
            ContinuationToken,
          }),
        )
        .catch((error: unknown) => {
          throw explainS3Error(error, this.name, 's3:ListBucket')
        })
      yield page
      ContinuationToken = page.NextContinuationToken
    } while (ContinuationToken !== undefined)
  }

  #at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: `${this.#prefix}${key}` }
  }
}

/** A client with the caller's own settings. */
export function openS3(): S3Client {
  return new S3Client(s3Settings())
}

function toParams({ contentType, cacheControl }: ContentHeaders) {
  return { ContentType: contentType, CacheControl: cacheControl, ContentDisposition: 'inline' } as const
}

function toHeader(range: ByteRange | undefined): string | undefined {
  if (!range) return undefined
  return 'last' in range ? `bytes=-${range.last}` : `bytes=${range.start}-${range.end ?? ''}`
}

function toEtag(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '')
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined
}

function isMissingBucket(error: unknown): boolean {
  return error instanceof S3ServiceException && error.name === 'NoSuchBucket'
}
