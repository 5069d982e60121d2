import { inspect } from 'node:util'
import { writeAsset } from '../journal/assets.ts'
import type { MimeBundle } from '../journal/schema.ts'
import { isPictureFile, isPixels } from './picture.ts'
import { encodedType } from './pictures/media.ts'
import { encodePixels } from './pictures/encode.ts'
import type { Session } from './session.ts'

const DISPLAY = Symbol.for('Jupyter.display')
/** More JSON than that is shown as Node inspects it, cut. */
const JSON_LIMIT = 64 * 1024

/**
 * How a value shows: as it says itself (`Symbol.for('Jupyter.display')`), as the picture it is, as JSON where it is plain data,
 * as Node inspects it otherwise.
 *
 * @returns undefined for undefined; a promise where pictures have to be encoded, or the value says it later
 */
export function toBundle(value: unknown, session: Session): MimeBundle | Promise<MimeBundle> | undefined {
  if (value === undefined) return undefined
  if (isDisplayable(value)) {
    const shown = value[DISPLAY]()
    return shown instanceof Promise ? shown.then((one) => checked(one, session)) : checked(shown, session)
  }
  if (isPixels(value)) return pixelsBundle(value, session)
  if (isPictureFile(value)) return bytesBundle(value.data, session, value.name)
  if (value instanceof Uint8Array) return bytesBundle(value, session, `${value.length} bytes`)
  if (value instanceof Error) return { 'text/plain': value.stack ?? String(value) }
  if (typeof value === 'string') return { 'text/plain': value }
  const text = inspect(value, {
    depth: 6,
    maxArrayLength: 100,
    maxStringLength: 10_000,
    breakLength: 100,
    sorted: false,
  })
  const json = isPlain(value) ? jsonOf(value) : undefined
  return json === undefined ? { 'text/plain': text } : { 'application/json': { json }, 'text/plain': text }
}

/** A bundle that somebody gives to `display` itself. */
export function isBundle(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const keys = Object.keys(value)
  return keys.length > 0 && keys.every((key) => /^[a-z]+\/[\w.+-]+$/i.test(key))
}

/** Texts stay, bytes become assets, everything else is JSON. */
export function checked(bundle: unknown, session: Session): MimeBundle {
  if (!isBundle(bundle)) return { 'text/plain': inspect(bundle) }
  const entries = Object.entries(bundle).map(([type, data]): [string, MimeBundle[string]] => {
    if (data instanceof Uint8Array) return [type, writeAsset(session.folder, data, extensionOf(type), type)]
    // Jupyter holds bytes of pictures as base64.
    if (typeof data === 'string' && /^image\/(?!svg)/.test(type)) {
      return [type, writeAsset(session.folder, Buffer.from(data, 'base64'), extensionOf(type), type)]
    }
    return [type, typeof data === 'string' ? data : { json: plainJson(data) }]
  })
  return Object.fromEntries(entries)
}

/** Plain data as JSON knows it; what JSON cannot hold becomes text. */
export function plainJson(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? `${one}n` : one)) ?? 'null')
  } catch {
    return inspect(value, { depth: 4 })
  }
}

async function pixelsBundle(value: Parameters<typeof encodePixels>[0], session: Session): Promise<MimeBundle> {
  const png = await encodePixels(value)
  return {
    'image/png': writeAsset(session.folder, png, 'png', 'image/png'),
    'text/plain': `Picture of ${value.width} × ${value.height} pixels`,
  }
}

function bytesBundle(data: Uint8Array, session: Session, name: string): MimeBundle {
  const type = encodedType(data)
  if (type === undefined) return { 'text/plain': inspect(data, { maxArrayLength: 100 }) }
  return { [type.mediaType]: writeAsset(session.folder, data, type.extension, type.mediaType), 'text/plain': name }
}

function isDisplayable(value: unknown): value is { [DISPLAY](): unknown } {
  return typeof value === 'object' && value !== null && DISPLAY in value && typeof value[DISPLAY] === 'function'
}

function isPlain(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return depth > 0 && isScalar(value)
  if (depth > 20) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null && prototype !== Array.prototype) return false
  return Object.values(value).every((one) => isPlain(one, depth + 1))
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}

function jsonOf(value: unknown): unknown {
  const text = JSON.stringify(value)
  return text.length > JSON_LIMIT ? undefined : (JSON.parse(text) as unknown)
}

function extensionOf(mediaType: string): string {
  return (/\/([a-z0-9]+)/i.exec(mediaType)?.[1] ?? 'bin').toLowerCase().replace('jpeg', 'jpg')
}
