import type { AssetRef, MimeBundle } from '../journal/schema.ts'
import { plainLog } from './log.ts'

/** The one representation of a value that is shown, the richest first, as in Jupyter. */
export type Representation =
  | { kind: 'image'; asset: AssetRef }
  | { kind: 'svg' | 'html' | 'markdown' | 'latex'; text: string }
  | { kind: 'text'; text: string }
  | { kind: 'json'; value: unknown }
  | { kind: 'asset'; asset: AssetRef }

const TEXTS = [
  ['image/svg+xml', 'svg'],
  ['text/html', 'html'],
  ['text/markdown', 'markdown'],
  ['text/latex', 'latex'],
] as const

/**
 * @param textFirst prefers `text/plain` to HTML: for media that cannot show HTML
 */
export function richest(bundle: MimeBundle, { textFirst = false } = {}): Representation | undefined {
  const entries = Object.entries(bundle)
  for (const [type, data] of entries) {
    if (type.startsWith('image/') && isAsset(data)) return { kind: 'image', asset: data }
  }
  for (const [type, kind] of TEXTS) {
    const data = bundle[type]
    if (typeof data !== 'string') continue
    if (textFirst && kind === 'html' && typeof bundle['text/plain'] === 'string') continue
    return { kind, text: data }
  }
  const json = bundle['application/json']
  if (typeof json === 'object' && 'json' in json) return { kind: 'json', value: json.json }
  const plain = bundle['text/plain']
  if (typeof plain === 'string') return { kind: 'text', text: plain }
  for (const [, data] of entries) {
    if (isAsset(data)) return { kind: 'asset', asset: data }
    if (typeof data === 'string') return { kind: 'text', text: data }
    return { kind: 'json', value: data.json }
  }
  return undefined
}

/** A value as the lines that are shown of it. */
export function valueText(value: Extract<Representation, { kind: 'text' | 'json' }>): string {
  return value.kind === 'json' ? (JSON.stringify(value.value, null, 2) ?? 'undefined') : plainLog(value.text)
}

export function isAsset(data: MimeBundle[string]): data is AssetRef {
  return typeof data === 'object' && 'path' in data
}

/** What a picture among the representations shows, in words. */
export function altOf(bundle: MimeBundle): string {
  const text = bundle['text/plain']
  return typeof text === 'string' ? text.slice(0, 200) : 'Picture returned by the cell'
}
