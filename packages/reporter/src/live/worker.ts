import { readEndpoint } from '../journal/endpoint.ts'

/** A request that only reads waits that long for a worker that computes; then the browser is told, and asks again. */
const PATIENCE_MS = 10_000
const BUSY = 'The worker is busy: it computes and answers when it comes up for air. This page tries again by itself.'
const GONE = 'The experiment does not listen: it is over, or has not come so far yet.'

/**
 * Passes a request on to the experiment's own server and its answer back, both as streams.
 *
 * @param folder of the notebook: its endpoint's address lies there
 * @param path on that server
 */
export async function passOn(folder: string, path: string, request: Request): Promise<Response> {
  const endpoint = await readEndpoint(folder)
  if (!endpoint) return text(GONE, 503)
  const { search } = new URL(request.url)
  const reads = request.method === 'GET' || request.method === 'HEAD'
  const headers = new Headers(request.headers)
  for (const name of [...HOP_BY_HOP, 'host', 'cookie', 'origin', 'content-length']) headers.delete(name)
  headers.set('authorization', `Bearer ${endpoint.token}`)
  const impatient = new AbortController()
  const timer = reads ? setTimeout(() => impatient.abort(), PATIENCE_MS) : undefined
  try {
    const answer = await fetch(`http://127.0.0.1:${endpoint.port}${path}${search}`, {
      method: request.method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.any([request.signal, impatient.signal]),
      ...(reads ? {} : { body: request.body, duplex: 'half' }),
    })
    return new Response(answer.body, { status: answer.status, headers: passedBack(answer.headers) })
  } catch (error) {
    if (impatient.signal.aborted) return text(BUSY, 503, { 'Retry-After': '2', Refresh: '2' })
    return text(isRefused(error) ? GONE : `The experiment gave no answer: ${(error as Error).message}`, 502)
  } finally {
    clearTimeout(timer)
  }
}

const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'proxy-authorization']

/** Cookies of an experiment would be cookies of every page here. */
function passedBack(headers: Headers): Headers {
  const kept = new Headers(headers)
  for (const name of [...HOP_BY_HOP, 'set-cookie', 'content-encoding', 'content-length']) kept.delete(name)
  return kept
}

function isRefused(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: string } }
  return cause?.code === 'ECONNREFUSED' || cause?.code === 'ECONNRESET'
}

function text(sentence: string, status: number, headers: Record<string, string> = {}): Response {
  return new Response(sentence, { status, headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers } })
}
