import type { JournalEvent } from '../journal/schema.ts'

const REDACTED = '[redacted]'

/** What must not be seen: texts as they are, and patterns. */
export interface Secrets {
  texts: readonly string[]
  patterns: readonly RegExp[]
}

/** Names of variables whose values are nobody's business. */
const SECRET_NAME =
  /(?:^|[_-])(?:[A-Z0-9]*TOKEN|[A-Z]*SECRETS?|[A-Z]*PASS(?:WORD|WD|PHRASE|CODE)?|PWD|CREDENTIALS?|AUTH|BEARER|COOKIE|DSN|JWT|PAT|SAS|[A-Z]*KEY|SIGNATURE|CONNECTION_?STRING|PRIVATE)(?:$|[_-])/i
/** Shorter values are words such as `true` or `1`: taking them out would shred every text. */
const LEAST_LENGTH = 6
/** Values that many variables of that kind hold, and that everybody may see. */
const HARMLESS = /^(?:true|false|none|null|undefined|default|enabled|disabled|required|optional|\d+|\/[\w./-]*)$/i
/** `user:password@` of a URL, in any variable. */
const URL_PASSWORD = /^[a-z][a-z0-9+.-]*:\/\/[^/@\s:]*:([^/@\s]+)@/i

/** The values of variables that look secret, and what else was asked for. */
export function secretsOf(env: Record<string, string | undefined>, redact: readonly (string | RegExp)[] = []): Secrets {
  const texts = new Set<string>()
  const patterns: RegExp[] = []
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue
    if (SECRET_NAME.test(name) && value.trim().length >= LEAST_LENGTH && !HARMLESS.test(value)) texts.add(value.trim())
    const password = URL_PASSWORD.exec(value)?.[1]
    if (password !== undefined && password.length >= LEAST_LENGTH) texts.add(password)
  }
  for (const one of redact) {
    if (typeof one === 'string') texts.add(one)
    else patterns.push(new RegExp(one.source, one.flags.includes('g') ? one.flags : `${one.flags}g`))
  }
  texts.delete('')
  return { texts: formsOf(texts), patterns }
}

/** A secret in a URL, in base64 or over several lines is still one. The longest come first: one may hold another. */
function formsOf(texts: Iterable<string>): string[] {
  const forms = new Set<string>()
  for (const text of texts) {
    for (const form of [text, encodeURIComponent(text), Buffer.from(text).toString('base64').replace(/=+$/, '')])
      forms.add(form)
    for (const line of text.split(/\r?\n/)) if (text.includes('\n') && line.trim().length >= 16) forms.add(line.trim())
  }
  return [...forms].sort((one, other) => other.length - one.length)
}

/** Takes secrets out of a text. */
export function redactText(text: string, { texts, patterns }: Secrets): string {
  let result = text
  for (const secret of texts) if (result.includes(secret)) result = result.replaceAll(secret, REDACTED)
  for (const pattern of patterns) result = result.replace(pattern, REDACTED)
  return result
}

/** An event as its line of the journal, secrets taken out of every text and key. */
export function redactedLine(event: JournalEvent, secrets: Secrets): string {
  if (secrets.texts.length === 0 && secrets.patterns.length === 0) return JSON.stringify(event)
  return JSON.stringify(redactValue(event, secrets))
}

/** Values as a line of a journal has them. */
export function redactedValues(values: Record<string, unknown>, secrets: Secrets): Record<string, unknown> {
  return JSON.parse(JSON.stringify(redactValue(values, secrets))) as Record<string, unknown>
}

function redactValue(value: unknown, secrets: Secrets): unknown {
  if (typeof value === 'string') return redactText(value, secrets)
  if (Array.isArray(value)) return value.map((one) => redactValue(one, secrets))
  if (typeof value !== 'object' || value === null) return value
  if ('toJSON' in value && typeof value.toJSON === 'function') return redactValue(value.toJSON(), secrets)
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [redactText(key, secrets), redactValue(one, secrets)]),
  )
}

/**
 * Text that arrives in pieces: a secret may be cut anywhere. What could still become one is kept back until the next piece,
 * or the end, shows.
 */
export class RedactedStream {
  #secrets: Secrets
  #kept = ''

  constructor(secrets: Secrets) {
    this.#secrets = secrets
  }

  /** @returns what may be shown now; may be empty */
  push(text: string): string {
    const whole = this.#kept + text
    const safe = this.#safeLength(whole)
    this.#kept = whole.slice(safe)
    return redactText(whole.slice(0, safe), this.#secrets)
  }

  end(): string {
    const rest = redactText(this.#kept, this.#secrets)
    this.#kept = ''
    return rest
  }

  /** Before what may become a secret, and never within one. */
  #safeLength(text: string): number {
    const { texts, patterns } = this.#secrets
    let safe = text.length - longestStart(text, texts)
    if (patterns.length > 0) safe = Math.min(safe, lastBreak(text))
    for (const secret of texts) {
      const around = text.lastIndexOf(secret, safe - 1)
      if (around >= 0 && around + secret.length > safe) safe = around
    }
    return safe
  }
}

function lastBreak(text: string): number {
  return Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1
}

/** The length of the longest end of the text that some secret starts with. */
function longestStart(text: string, secrets: readonly string[]): number {
  let longest = 0
  for (const secret of secrets) {
    for (let length = Math.min(secret.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(secret.slice(0, length))) longest = length
    }
  }
  return longest
}
