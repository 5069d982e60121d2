import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import { setTimeout as delay } from 'node:timers/promises'
import type { Bell } from './bell.ts'

/** Tunnels and proxies drop connections on which nothing is said. */
const QUIET_MS = 15_000
/** Messages of one stream are that far apart, so that a fast notebook costs a few messages, not one for each event. */
const SPACING_MS = 25
/** Rendering takes at most half of the time: the process has a run to take care of. */
const RESTS = 1

export interface Message {
  /** what the reader has seen when it has seen this */
  seq: number
  end?: true
}

/**
 * Server-sent events about something that changes. A reader says what it has seen (`Last-Event-ID` when its browser
 * reconnects, `?after=` when its page does) and gets what came since.
 *
 * @param next what a reader that has seen `after` lacks; undefined when nothing
 */
export function streamMessages<M extends Message>(
  c: Context,
  bell: Bell,
  stop: AbortSignal,
  next: (after: number) => Promise<M | undefined>,
): Response {
  c.header('X-Accel-Buffering', 'no')
  return streamSSE(c, async (stream) => {
    const gone = new AbortController()
    stream.onAbort(() => gone.abort())
    const signal = AbortSignal.any([stop, gone.signal])
    let seen = Number(c.req.header('last-event-id') ?? c.req.query('after') ?? 0) || 0
    await stream.write(': hello\n\n')
    while (!signal.aborted) {
      const { rings } = bell
      const started = performance.now()
      const message = await next(seen)
      if (message) {
        seen = message.seq
        await stream.writeSSE({ id: String(seen), data: JSON.stringify(message) })
        const spent = performance.now() - started
        await delay(Math.max(SPACING_MS, spent * RESTS), undefined, { signal }).catch(() => {})
      } else if (!(await bell.wait(rings, QUIET_MS, signal)) && !signal.aborted) {
        await stream.write(': still here\n\n')
      }
    }
  })
}
