import { mkdir, open, readdir, rename, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EnvHttpProxyAgent, fetch } from 'undici'

/** By the proxies that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name. */
const agent = new EnvHttpProxyAgent()

/** Some bytes of a file at a URL; all from `from` on where `length` is left out. */
export interface Span {
  readonly from: number
  readonly length?: number
}

/**
 * Downloads into a draft beside `target`, which the caller reads, checks and puts in place or removes. A download that was cut goes on
 * where it ended: at once, and in a later process too, which adopts the draft of one that is gone. Two processes at once each write their own.
 *
 * @returns the path of the finished draft
 * @throws when the server does not answer, or the connection is cut again and again; the draft stays
 */
export async function download(url: string, target: string, span: Span = { from: 0 }): Promise<string> {
  await mkdir(dirname(target), { recursive: true })
  const draft = await openDraft(target)
  try {
    for (let attempt = 1; ; attempt++) {
      const before = (await stat(draft)).size
      try {
        await append(url, draft, span)
        return draft
      } catch (error) {
        const progress = (await stat(draft)).size > before
        if (error instanceof RefusedError || (!progress && attempt >= ATTEMPTS)) throw error
      }
    }
  } finally {
    active.delete(draft)
  }
}

/** Gets the bytes that the draft lacks. */
async function append(url: string, draft: string, { from, length }: Span): Promise<void> {
  const { size } = await stat(draft)
  if (length !== undefined && size >= length) return
  const last = length === undefined ? '' : from + length - 1
  const whole = from + size === 0 && length === undefined
  const response = await fetch(url, {
    dispatcher: agent,
    headers: whole ? {} : { range: `bytes=${from + size}-${last}` },
    signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS),
  })
  // The draft already ends where the file does.
  if (response.status === 416 && size > 0 && length === undefined) return
  if (!response.ok || !response.body) throw new RefusedError(`${response.status} ${response.statusText}`)
  await using file = await open(draft, 'a')
  const take = (length ?? Infinity) - size
  if (response.status === 206) {
    const range = response.headers.get('content-range') ?? ''
    if (!range.startsWith(`bytes ${from + size}-`))
      throw new RefusedError(`It sent other bytes than asked for: ${range}`)
    await write(file, response.body, { skip: 0, take })
  } else {
    // This server sends files as a whole: what was asked for is cut out of it.
    await write(file, response.body, { skip: from + size, take })
  }
}

async function write(file: FileHandle, body: ReadableStream<Uint8Array>, part: { skip: number; take: number }) {
  let { skip, take } = part
  for await (const chunk of body) {
    const bytes = chunk.subarray(Math.min(skip, chunk.length)).subarray(0, take)
    skip -= Math.min(skip, chunk.length)
    take -= bytes.length
    await file.appendFile(bytes)
    if (take === 0) return
  }
  if (Number.isFinite(take)) throw new Error(`The answer ended ${take} bytes too early`)
}

/** A draft of this process: that of one that is gone, or a new one. */
async function openDraft(target: string): Promise<string> {
  const draft = `${target}.${process.pid}-${count++}.part`
  active.add(draft)
  for (const name of await readdir(dirname(target))) {
    const left = join(dirname(target), name)
    const owner = left.startsWith(`${target}.`) && /^\.(\d+)-\d+\.part$/.exec(left.slice(target.length))?.[1]
    if (!owner || active.has(left) || (Number(owner) !== process.pid && isAlive(Number(owner)))) continue
    const adopted = await rename(left, draft).then(
      () => true,
      () => false, // another process was faster
    )
    if (adopted) return draft
  }
  await (await open(draft, 'w')).close()
  return draft
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The server answered, and trying again would not help. */
class RefusedError extends Error {}

/** the drafts that this process is writing */
const active = new Set<string>()
let count = 0
const ATTEMPTS = 3
const DOWNLOAD_TIMEOUT_MS = 600_000
