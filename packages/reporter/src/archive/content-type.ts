import { extname } from 'node:path'
import { getMimeType } from 'hono/utils/mime'

const MORE: Record<string, string> = {
  '.ipynb': 'application/x-ipynb+json',
  '.jsonl': 'application/x-ndjson; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.log': 'text/plain; charset=utf-8',
}

/** What a file is, by its name; browsers show what they can and save the rest. */
export function contentTypeOf(path: string): string {
  const extension = extname(path).toLowerCase()
  const type = MORE[extension] ?? getMimeType(path) ?? 'application/octet-stream'
  return /^(?:text\/|application\/json)/.test(type) && !type.includes('charset') ? `${type}; charset=utf-8` : type
}
