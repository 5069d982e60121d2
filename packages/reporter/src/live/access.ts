import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * Lets in who has the token: once in the URL, then as a cookie that scripts cannot read. A page of another site that resolves
 * to this machine is told by its `Host`, one that sends forms here by its `Origin`. Ports are not compared: a tunnel
 * or a proxy changes them.
 */
export function guard(token: string): MiddlewareHandler {
  // cookies know no ports: servers side by side on one machine must not take each other's
  const cookie = `notebook-${createHash('sha256').update(token).digest('hex').slice(0, 12)}`
  return async (c, next) => {
    const refused = refusal(c)
    if (refused !== undefined) return c.text(refused, 403)
    const given = c.req.query('token')
    if (given !== undefined && equal(given, token)) {
      setCookie(c, cookie, token, { httpOnly: true, sameSite: 'Lax', path: '/' })
      const last = c.req.path.split('/').at(-1)
      return c.redirect(`./${last ?? ''}`, 303)
    }
    if (!equal(getCookie(c, cookie) ?? '', token)) {
      return c.text('Open the address that the run printed: it has a token in it, without which nothing is shown.', 401)
    }
    await next()
    for (const [name, value] of Object.entries(HEADERS)) if (!c.res.headers.has(name)) c.header(name, value)
  }
}

const HEADERS: Record<string, string> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
}

function refusal(c: Context): string | undefined {
  const host = c.req.header('host') ?? ''
  if (!LOOPBACK.has(host.replace(/:\d+$/, ''))) {
    return `This server answers at 127.0.0.1 and localhost only, not as ${JSON.stringify(host)}.`
  }
  const origin = c.req.header('origin')
  if (origin !== undefined && !isOwn(origin, host)) return 'Pages of another site may not talk to this server.'
  const harmless = c.req.method === 'GET' || c.req.method === 'HEAD'
  if (!harmless && origin === undefined) return 'What changes something must come from a page of this server.'
  const from = c.req.header('sec-fetch-site')
  if (from === 'cross-site' && c.req.header('sec-fetch-mode') !== 'navigate') {
    return 'Pages of another site may not talk to this server.'
  }
  return undefined
}

function isOwn(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host
}

function equal(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
