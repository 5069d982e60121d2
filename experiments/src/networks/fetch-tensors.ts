import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, parse } from 'node:path'
import { download } from './download.ts'
import type { Span } from './download.ts'
import type { TensorsEntry } from './entry.ts'
import { NetworkError } from './errors.ts'
import { readHeader, readHeaderLength } from './formats/safetensors.ts'
import type { Tensor, TensorPlace } from './formats/safetensors.ts'
import { hashOf, inMirror, isUrl, unavailable, withDefaults } from './places.ts'
import type { FetchOptions } from './places.ts'

type Entry = Pick<TensorsEntry, 'name' | 'url' | 'file' | 'sha256OfTensors'>

/**
 * Gets some tensors of a safetensors file, and no more of it than they need: from the disk cache, a mirror, or the file's URL by ranges of
 * bytes. Each tensor is checked by its hash: the entry's, or the one that its first fetch into this cache recorded.
 *
 * @throws {NetworkError} with every place that was tried, or when a tensor is not the one that it was
 */
export async function fetchTensors(
  entry: Entry,
  names: readonly string[],
  options: FetchOptions = {},
): Promise<Map<string, Tensor>> {
  const { mirror, cache } = withDefaults(options)
  const folder = join(cache, parse(entry.file).name)
  const cached = await readCached(entry, names, folder)
  const missing = names.filter((name) => !cached.has(name))
  if (missing.length === 0) return cached
  const failures: { place: string; error: unknown }[] = []
  for (const place of [...(mirror ? [inMirror(mirror, entry.file)] : []), entry.url]) {
    try {
      return new Map([...cached, ...(await fetchFrom(place, entry, missing, folder))])
    } catch (error) {
      if (error instanceof NetworkError) throw error
      failures.push({ place, error })
    }
  }
  throw unavailable(entry.name, entry.file, failures)
}

/** Those of the tensors that are in the cache as they were put there. */
async function readCached(entry: Entry, names: readonly string[], folder: string): Promise<Map<string, Tensor>> {
  const tensors = new Map<string, Tensor>()
  const header = await readFile(join(folder, HEADER)).catch(() => undefined)
  if (!header) return tensors
  const places = readHeader(header)
  for (const name of names) {
    const [place, bytes] = [places.get(name), await readFile(join(folder, name)).catch(() => undefined)]
    if (!place || !bytes || hashOf(bytes) !== (await expectedHash(entry, name, folder))) continue
    tensors.set(name, { ...place, bytes: Uint8Array.from(bytes) })
  }
  return tensors
}

async function fetchFrom(place: string, entry: Entry, names: readonly string[], folder: string) {
  await mkdir(folder, { recursive: true })
  const read = isUrl(place) ? (span: Required<Span>) => readUrl(place, folder, span) : readFolder(place)
  const length = readHeaderLength(await read({ from: 0, length: 8 }))
  const header = await read({ from: 8, length })
  const places = readHeader(header)
  const tensors = new Map<string, Tensor>()
  for (const group of adjoining(names, places)) {
    const [first, last] = [group[0]!.place, group.at(-1)!.place]
    const bytes = await read({ from: 8 + length + first.from, length: last.to - first.from })
    for (const { name, place: at } of group) {
      const own = Uint8Array.from(bytes.subarray(at.from - first.from, at.to - first.from))
      await keep(entry, name, own, folder)
      tensors.set(name, { ...at, bytes: own })
    }
  }
  await put(join(folder, HEADER), header)
  return tensors
}

/** Groups of tensors without a gap between them, so that each takes one request. */
function adjoining(names: readonly string[], places: ReadonlyMap<string, TensorPlace>) {
  const groups: { name: string; place: TensorPlace }[][] = []
  const wanted = names.map((name) => {
    const place = places.get(name)
    if (!place) throw new Error(`The file has no tensor ${name}`)
    return { name, place }
  })
  for (const tensor of wanted.toSorted((a, b) => a.place.from - b.place.from)) {
    if (groups.at(-1)?.at(-1)?.place.to === tensor.place.from) groups.at(-1)!.push(tensor)
    else groups.push([tensor])
  }
  return groups
}

/** Puts a tensor into the cache, with its hash if this is the first time. */
async function keep(entry: Entry, name: string, bytes: Uint8Array, folder: string): Promise<void> {
  const found = hashOf(bytes)
  const expected = await expectedHash(entry, name, folder)
  if (expected !== undefined && found !== expected) {
    const recorded = entry.sha256OfTensors?.[name] ? 'the pinned one' : 'the one recorded when it was first fetched'
    throw new NetworkError(
      'NETWORK_CHANGED',
      `The tensor ${name} of ${entry.file} has the SHA-256 ${found}, not ${recorded}, ${expected}`,
      { network: entry.name, file: entry.file },
      { fix: `If its publisher changed it on purpose, delete ${folder} and run again.` },
    )
  }
  await put(join(folder, name), bytes)
  await put(join(folder, name + HASH), found)
}

async function expectedHash(entry: Entry, name: string, folder: string): Promise<string | undefined> {
  return entry.sha256OfTensors?.[name] ?? readFile(join(folder, name + HASH), 'utf8').catch(() => undefined)
}

async function readUrl(url: string, folder: string, span: Required<Span>): Promise<Uint8Array> {
  const draft = await download(url, join(folder, `bytes-${span.from}-${span.length}`), span)
  try {
    return await readFile(draft)
  } finally {
    await rm(draft, { force: true })
  }
}

function readFolder(path: string): (span: Required<Span>) => Promise<Uint8Array> {
  return async ({ from, length }) => {
    await using file = await open(path)
    const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, from)
    if (bytesRead < length) throw new Error(`It ends ${length - bytesRead} bytes too early`)
    return buffer
  }
}

/** Writes a file so that another process sees all of it or nothing. */
async function put(path: string, content: Uint8Array | string): Promise<void> {
  const draft = join(dirname(path), `.${process.pid}-${count++}`)
  await writeFile(draft, content)
  await rename(draft, path)
}

let count = 0
const HEADER = 'header.json'
const HASH = '.sha256'
