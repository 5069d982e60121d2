import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { contentTypeOf } from '../archive/content-type.ts'

const require = createRequire(import.meta.url)

/** Scripts and style of live pages, by the name under which a page asks for them. They are for browsers, and served as they are. */
const CLIENT: Record<string, () => URL> = {
  'notebook.js': () => new URL('./client/notebook.js', import.meta.url),
  'run.js': () => new URL('./client/run.js', import.meta.url),
  'connection.js': () => new URL('./client/connection.js', import.meta.url),
  'morph.js': () => new URL('./client/morph.js', import.meta.url),
  'questions.js': () => new URL('./client/questions.js', import.meta.url),
  'paint.js': () => new URL('./client/paint.js', import.meta.url),
  'live.css': () => new URL('./client/live.css', import.meta.url),
  'morphdom.js': () => pathToFileURL(require.resolve('morphdom/dist/morphdom-esm.js')),
}

/** @returns undefined when there is no such file */
export async function clientFile([name = '', ...rest]: string[]): Promise<Response | undefined> {
  const file = rest.length === 0 && Object.hasOwn(CLIENT, name) ? CLIENT[name] : undefined
  if (!file) return undefined
  return new Response(await readFile(file()), { headers: { 'Content-Type': contentTypeOf(name) } })
}
