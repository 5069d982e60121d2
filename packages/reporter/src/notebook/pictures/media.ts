export interface MediaType {
  mediaType: string
  extension: string
}

const SIGNATURES: [test: RegExp, extension: string, mediaType: string][] = [
  [/^\x89PNG\r\n/, 'png', 'image/png'],
  [/^\xff\xd8\xff/, 'jpg', 'image/jpeg'],
  [/^RIFF[^]{4}WEBP/, 'webp', 'image/webp'],
  [/^GIF8[79]a/, 'gif', 'image/gif'],
  [/^[^]{4}ftyp(?:avif|avis)/, 'avif', 'image/avif'],
]

/** What kind of picture the bytes are, by how they start; undefined when they are none. */
export function encodedType(data: Uint8Array): MediaType | undefined {
  const start = Buffer.from(data.buffer, data.byteOffset, Math.min(data.byteLength, 16)).toString('latin1')
  const found = SIGNATURES.find(([test]) => test.test(start))
  return found && { extension: found[1], mediaType: found[2] }
}

const BY_EXTENSION: Record<string, string> = {
  txt: 'text/plain',
  log: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
  jsonl: 'application/jsonl',
  xml: 'application/xml',
  yaml: 'application/yaml',
  yml: 'application/yaml',
  pdf: 'application/pdf',
  zip: 'application/zip',
  gz: 'application/gzip',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  mp4: 'video/mp4',
  webm: 'video/webm',
  wav: 'audio/wav',
}

/** By the name of a file; bytes of no known kind otherwise. */
export function namedType(name: string): MediaType {
  const extension = /\.([a-z0-9]{1,12})$/i.exec(name)?.[1]?.toLowerCase() ?? 'bin'
  return { extension, mediaType: BY_EXTENSION[extension] ?? 'application/octet-stream' }
}
