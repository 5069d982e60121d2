import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { ASSETS, addAsset, temporaryAsset, writeAsset } from '../../journal/assets.ts'
import type { CellContent, CellId } from '../../journal/schema.ts'
import { namedType } from '../pictures/media.ts'
import { redactText } from '../redact.ts'
import type { Session } from '../session.ts'

export type WritableFile = WritableStream<string | Uint8Array>

/** Writes a file at once. Secrets are taken out of texts; bytes stay as they are. */
export function wholeFile(session: Session, name: string, data: string | Uint8Array): CellContent {
  const { extension, mediaType } = namedType(name)
  const content = typeof data === 'string' ? redactText(data, session.options.secrets) : data
  return { kind: 'file', name, file: writeAsset(session.folder, content, extension, mediaType) }
}

/** A stream into the folder; the cell shows the file when the stream is closed. */
export function streamedFile(session: Session, name: string, cell: CellId): WritableFile {
  const { extension, mediaType } = namedType(name)
  mkdirSync(join(session.folder, ASSETS), { recursive: true })
  const aside = temporaryAsset(session.folder)
  const sink = Writable.toWeb(createWriteStream(aside)) as WritableStream<Uint8Array | string>
  const writer = sink.getWriter()
  return new WritableStream<string | Uint8Array>({
    write: (chunk) => writer.write(typeof chunk === 'string' ? Buffer.from(chunk) : chunk),
    abort: (reason) => writer.abort(reason),
    async close() {
      await writer.close()
      const file = await addAsset(session.folder, aside, extension, mediaType, { move: true })
      session.write({ type: 'update', cell, content: { kind: 'file', name, file } })
    },
  })
}

/** Where nothing is written. */
export function nowhere(): WritableFile {
  return new WritableStream<string | Uint8Array>()
}
