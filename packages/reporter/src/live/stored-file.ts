import { Readable } from 'node:stream'
import type { ArchiveStore, ByteRange } from '../archive/store.ts'

/**
 * A file of the reports as a response, or the part of it that a video player asks for.
 *
 * @param key path from the store's root, with `/`
 * @returns undefined when it is not there
 */
export async function respondWithFile(
  store: ArchiveStore,
  key: string,
  request: Request,
): Promise<Response | undefined> {
  const wanted = parseRange(request.headers.get('range'))
  const found = await store.read(key, wanted)
  if (!found) return undefined
  const headers = new Headers({
    'Content-Type': found.contentType,
    'Accept-Ranges': 'bytes',
    ETag: `"${found.etag}"`,
    'Cache-Control': /\/assets\/[^/]+$/.test(`/${key}`) ? 'private, max-age=31536000, immutable' : 'no-cache',
    ...(found.contentEncoding && { 'Content-Encoding': found.contentEncoding }),
    ...(/html|xml/.test(found.contentType) && !isPage(key) && { 'Content-Security-Policy': LIFELESS }),
  })
  if (request.headers.get('if-none-match') === `"${found.etag}"`) {
    found.body.destroy()
    return new Response(null, { status: 304, headers })
  }
  if (wanted && !found.range) {
    found.body.destroy()
    headers.set('Content-Range', `bytes */${found.bytes}`)
    return new Response(null, { status: 416, headers })
  }
  const { start, end } = found.range ?? { start: 0, end: found.bytes - 1 }
  headers.set('Content-Length', String(end - start + 1))
  if (found.range) headers.set('Content-Range', `bytes ${start}-${end}/${found.bytes}`)
  if (request.method === 'HEAD') {
    found.body.destroy()
    return new Response(null, { headers })
  }
  return new Response(Readable.toWeb(found.body) as ReadableStream, { status: found.range ? 206 : 200, headers })
}

/** What an experiment wrote may be any HTML or SVG: opened by itself, it is shown, and runs nothing. */
const LIFELESS = "sandbox; default-src 'none'; img-src 'self' data:; media-src 'self' data:; style-src 'unsafe-inline'"

/** Pages that this package wrote carry their own policy. */
function isPage(key: string): boolean {
  return /(?:^|\/)index\.html$/.test(key) && !/(?:^|\/)assets\//.test(key)
}

/** One range; several at once are answered with the whole, as HTTP allows. */
function parseRange(header: string | null): ByteRange | undefined {
  const [, start, end] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (start === undefined || end === undefined || (start === '' && end === '')) return undefined
  if (start === '') return { last: Number(end) }
  return { start: Number(start), ...(end !== '' && { end: Number(end) }) }
}
