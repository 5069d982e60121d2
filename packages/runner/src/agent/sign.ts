import { createHash, createHmac } from 'node:crypto'

export interface SigningKey {
  accessKeyId: string
  secretAccessKey: string
  /** of keys that expire */
  sessionToken?: string
}

export interface ToSign {
  method: string
  url: URL
  /** besides `host`; sent as they are */
  headers: Readonly<Record<string, string>>
  /** sha256 of the body in hex */
  bodyHash: string
  region: string
  at: Date
}

/**
 * The headers of a request to S3, with those that sign it (Signature Version 4,
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html). The URL has no query.
 */
export function sign({ method, url, headers, bodyHash, region, at }: ToSign, key: SigningKey): Record<string, string> {
  const time = at.toISOString().replace(/[-:]|\.\d+/g, '')
  const day = time.slice(0, 8)
  const scope = `${day}/${region}/s3/aws4_request`
  const signed: Record<string, string> = {
    ...headers,
    host: url.host,
    'x-amz-content-sha256': bodyHash,
    'x-amz-date': time,
    ...(key.sessionToken !== undefined && { 'x-amz-security-token': key.sessionToken }),
  }
  const names = Object.keys(signed).toSorted()
  const canonical = [
    method,
    url.pathname,
    '',
    ...names.map((name) => `${name}:${signed[name]?.trim()}`),
    '',
    names.join(';'),
    bodyHash,
  ].join('\n')
  const text = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  const chain = [day, region, 's3', 'aws4_request']
  const secret = chain.reduce<string | Buffer>((from, step) => hmac(from, step), `AWS4${key.secretAccessKey}`)
  const signature = hmac(secret, text).toString('hex')
  return {
    ...signed,
    authorization: `AWS4-HMAC-SHA256 Credential=${key.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  }
}

/** A path as S3 wants it in a URL: every byte but these is written as `%XX`. */
export function encodePath(path: string): string {
  return encodeURIComponent(path)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
