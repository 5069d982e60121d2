import { NotebookError } from '../errors.ts'
import type { Picture, PictureFile } from './picture.ts'

/**
 * A parameter or a field of a question that is more than its default. Plain data: it travels with the test and stands in
 * the journal. `T` is what the experiment gets.
 */
export interface FieldSpec<T> {
  readonly type: 'text' | 'number' | 'boolean' | 'choice' | 'json' | 'picture'
  readonly default?: unknown
  /** of a choice */
  readonly options?: readonly string[]
  readonly label?: string
  /** never there: carries the type */
  readonly value?: T
}

/** A default in place of a whole field: its type is the field's. */
export type Field = string | number | boolean | FieldSpec<unknown>
/** Parameters of an experiment. */
export type Params = Record<string, Field>
/** A mask is painted on a picture of the experiment, so only questions have it. */
export type Fields = Record<string, Field | MaskSpec>

export interface MaskSpec {
  readonly type: 'mask'
  readonly on: Picture
  readonly label?: string
}

type Value<F> = F extends MaskSpec
  ? PictureFile
  : F extends FieldSpec<infer T>
    ? T
    : F extends string
      ? string
      : F extends number
        ? number
        : F extends boolean
          ? boolean
          : never
export type Values<F> = { readonly [K in keyof F]: Value<F[K]> }

/**
 * A picture: the default is a path relative to the test file, or a URL of a file. `--param image=me.jpg` puts another in its
 * place, from anywhere on this machine.
 */
export function picture(path: string, { label }: { label?: string } = {}): FieldSpec<PictureFile> {
  return { type: 'picture', default: path, ...(label !== undefined && { label }) }
}

/** One of some words; the first is the default. */
export function choice<const T extends string>(first: T, ...others: T[]): FieldSpec<T> {
  return { type: 'choice', default: first, options: [first, ...others] }
}

/** Any value of JSON, edited as text. */
export function json<T>(initial: T): FieldSpec<T> {
  return { type: 'json', default: initial }
}

/** The part of a picture that somebody paints over: white there, black elsewhere. Nothing painted: all black. */
export function mask(on: Picture, { label }: { label?: string } = {}): MaskSpec {
  return { type: 'mask', on, ...(label !== undefined && { label }) }
}

/** The whole field for a default. */
export function toSpec(field: Field): FieldSpec<unknown> {
  if (typeof field === 'object') return field
  return { type: typeof field === 'string' ? 'text' : (typeof field as 'number' | 'boolean'), default: field }
}

/**
 * What somebody typed, as the type of its field. Pictures are not text: they are read elsewhere.
 *
 * @param what names the value in the sentence that refuses it: "the parameter `steps`"
 * @throws NotebookError `NOTEBOOK_PARAMETER`
 */
export function parseField(what: string, spec: FieldSpec<unknown>, text: string): unknown {
  const refuse = (expected: string): never => {
    throw new NotebookError('NOTEBOOK_PARAMETER', `Expected ${what} to be ${expected}, got \`${text}\`.`)
  }
  switch (spec.type) {
    case 'number': {
      const value = Number(text)
      return text.trim() === '' || Number.isNaN(value) ? refuse('a number') : value
    }
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : refuse('`true` or `false`')
    case 'choice':
      return spec.options?.includes(text)
        ? text
        : refuse(`one of ${spec.options?.map((one) => `\`${one}\``).join(', ')}`)
    case 'json':
      try {
        return JSON.parse(text) as unknown
      } catch {
        return refuse('JSON')
      }
    default:
      return text
  }
}
