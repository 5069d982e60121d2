import { setTimeout as delay } from 'node:timers/promises'
import { writeAsset } from '../../journal/assets.ts'
import type { CellContent, CellId, ImageRef } from '../../journal/schema.ts'
import { NotebookError } from '../../errors.ts'
import type { Endpoint } from '../endpoint.ts'
import { parseField, toSpec, type Field, type FieldSpec, type Fields, type MaskSpec } from '../fields.ts'
import { isPictureFile, type PictureFile } from '../picture.ts'
import { encodedType } from '../pictures/media.ts'
import { fetchPicture, takePicture } from '../pictures/read.ts'
import { storePicture } from '../pictures/store.ts'
import type { Session } from '../session.ts'

export interface Question {
  cell: CellId
  title?: string | undefined
  form: Fields
  timeoutMs: number
}

type Answers = Record<string, unknown>

/** The question as it stands in the journal. A mask's picture follows when it is stored. */
export function questionContent(
  { title, form, timeoutMs }: Omit<Question, 'cell'>,
  images: Record<string, ImageRef> = {},
): CellContent & { kind: 'question' } {
  const fields = Object.entries(form).map(([name, field]) => {
    if (!isMask(field)) return [name, toSpec(field)]
    const image = images[name]
    return [name, { type: 'mask', ...(field.label !== undefined && { label: field.label }), ...(image && { image }) }]
  })
  return { kind: 'question', ...(title !== undefined && { title }), fields: Object.fromEntries(fields), timeoutMs }
}

/** Asks, waits, records: an answer of an earlier run, of somebody who watches, or the defaults. */
export async function askQuestion(session: Session, endpoint: Endpoint, question: Question): Promise<Answers> {
  const started = performance.now()
  const { cell, form } = question
  const images = await storeMasks(session, form)
  if (Object.keys(images).length > 0)
    session.write({ type: 'update', cell, content: questionContent(question, images) })
  const recorded = session.options.answers.shift()
  const given = recorded
    ? validate(form, recorded)
    : session.options.interactive
      ? await waitForAnswer(session, endpoint, question)
      : {}
  const values: Answers = {}
  for (const [name, field] of Object.entries(form)) {
    values[name] = name in given ? given[name] : await defaultOf(field, images[name], session.options.baseDir)
  }
  const answer = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, record(session, value)]))
  session.write({ type: 'end', cell, seconds: (performance.now() - started) / 1000, answer })
  return values
}

/** The defaults, where nobody is asked. */
export async function defaultAnswers(form: Fields, baseDir: string): Promise<Answers> {
  const values: Answers = {}
  for (const [name, field] of Object.entries(form)) {
    const size = isMask(field) ? await sizeOf(field, baseDir) : undefined
    values[name] = await defaultOf(field, size, baseDir)
  }
  return values
}

/** What somebody who watches answers, of the right types; nothing when the time is over. */
export async function waitForAnswer(
  session: Session,
  endpoint: Endpoint,
  { cell, form, timeoutMs }: Question,
): Promise<Answers> {
  const answered = Promise.withResolvers<Answers>()
  using _ = await endpoint.handle(`/answer/${cell}`, async (request) => {
    if (request.method !== 'POST') return new Response('Answers are posted.', { status: 405 })
    try {
      const body = (await request.json()) as { values?: unknown }
      if (typeof body.values !== 'object' || body.values === null) throw new Error('Expected `{ values: { … } }`.')
      answered.resolve(validate(form, body.values as Answers))
    } catch (error) {
      return new Response((error as Error).message, { status: 400 })
    }
    return new Response(undefined, { status: 204 })
  })
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, session.options.signal])
  const nobody = delay(timeoutMs, {}, { signal }).catch(() => ({}))
  try {
    return await Promise.race([answered.promise, nobody])
  } finally {
    stop.abort()
  }
}

/** @throws NotebookError `NOTEBOOK_PARAMETER` for a field that is none, or a value of another type */
function validate(form: Fields, given: Answers): Answers {
  const values: Answers = {}
  for (const [name, value] of Object.entries(given)) {
    const field = Object.hasOwn(form, name) ? form[name] : undefined
    if (field === undefined) throw new NotebookError('NOTEBOOK_PARAMETER', `The question has no field \`${name}\`.`)
    const spec = isMask(field) ? ({ type: 'mask' } as const) : toSpec(field)
    values[name] = valueOf(`the field \`${name}\``, spec, value)
  }
  return values
}

function valueOf(what: string, spec: FieldSpec<unknown> | { type: 'mask' }, value: unknown): unknown {
  if (spec.type === 'picture' || spec.type === 'mask') {
    const file = isPictureFile(value) ? value : fromBase64(value)
    if (file && encodedType(file.data)) return file
    throw new NotebookError(
      'NOTEBOOK_PARAMETER',
      `Expected ${what} to be a picture: \`{ name, data: base64 }\` of PNG, JPEG or WebP.`,
    )
  }
  if (spec.type === 'json' && typeof value !== 'string') return value
  return parseField(what, spec, String(value))
}

function fromBase64(value: unknown): PictureFile | undefined {
  if (typeof value !== 'object' || value === null || !('data' in value) || typeof value.data !== 'string')
    return undefined
  const name = 'name' in value && typeof value.name === 'string' ? value.name : 'picture'
  return { name, data: new Uint8Array(Buffer.from(value.data.replace(/^data:[^,]*,/, ''), 'base64')) }
}

/** Pictures of an answer are kept as assets, so that another run can have them again. */
function record(session: Session, value: unknown): unknown {
  if (!isPictureFile(value)) return value
  const { extension, mediaType } = encodedType(value.data) ?? {
    extension: 'bin',
    mediaType: 'application/octet-stream',
  }
  return { name: value.name, ...writeAsset(session.folder, value.data, extension, mediaType) }
}

async function defaultOf(field: Field | MaskSpec, size: Size | undefined, baseDir: string): Promise<unknown> {
  if (isMask(field))
    return { name: 'mask.png', data: await black(size ?? { width: 1, height: 1 }) } satisfies PictureFile
  const spec = toSpec(field)
  if (spec.type !== 'picture') return spec.default
  const loaded = await fetchPicture(String(spec.default), baseDir)
  return { name: loaded.name, data: 'bytes' in loaded ? loaded.bytes : new Uint8Array() } satisfies PictureFile
}

interface Size {
  width: number
  height: number
}

async function black({ width, height }: Size): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp')
  return new Uint8Array(
    await sharp({ create: { width, height, channels: 3, background: '#000' } })
      .png()
      .toBuffer(),
  )
}

async function storeMasks(session: Session, form: Fields): Promise<Record<string, ImageRef>> {
  const found: Record<string, ImageRef> = {}
  for (const [name, field] of Object.entries(form)) {
    if (isMask(field))
      found[name] = await storePicture(session.folder, await takePicture(field.on, session.options.baseDir)())
  }
  return found
}

async function sizeOf(field: MaskSpec, baseDir: string): Promise<Size> {
  const loaded = await takePicture(field.on, baseDir)()
  if ('data' in loaded) return loaded
  const { default: sharp } = await import('sharp')
  return (await sharp(loaded.bytes).metadata()).autoOrient
}

function isMask(field: Field | MaskSpec): field is MaskSpec {
  return typeof field === 'object' && field.type === 'mask'
}
