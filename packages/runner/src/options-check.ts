import { inspect } from 'node:util'
import { Ec2Error } from './errors.ts'

/** A test of one option's value. It returns what the value means, or `undefined` when the value is not `expected`. */
export interface Check<T> {
  /** completes "Expected the `x` option to be …" */
  readonly expected: string
  read(value: unknown): T | undefined
}

/**
 * Reads one option.
 * @throws Ec2Error `EC2_OPTIONS`: Expected the `maxHosts` option to be a positive integer, got `0` (number)
 */
export function readOption<T>(name: string, value: unknown, check: Check<T>): T {
  const read = check.read(value)
  if (read === undefined) throw wrongOption(name, value, check.expected)
  return read
}

/** As `readOption`; an option that is not given is `undefined`. */
export function readOptional<T>(name: string, value: unknown, check: Check<T>): T | undefined {
  return value === undefined ? undefined : readOption(name, value, check)
}

export function wrongOption(name: string, value: unknown, expected: string): Ec2Error {
  const shown = inspect(value, { depth: 1, breakLength: Infinity, maxStringLength: 80 })
  return new Ec2Error(
    'EC2_OPTIONS',
    `Expected the \`${name}\` option to be ${expected}, got \`${shown}\` (${typeOf(value)})`,
    { data: { option: name } },
  )
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

export const string: Check<string> = {
  expected: 'a non-empty string',
  read: (value) => (typeof value === 'string' && value !== '' ? value : undefined),
}

export const strings: Check<string[]> = {
  expected: 'an array of non-empty strings',
  read: (value) =>
    Array.isArray(value) && value.every((item) => string.read(item) !== undefined) ? [...value] : undefined,
}

export const positiveInteger: Check<number> = {
  expected: 'a positive integer',
  read: (value) => (isInteger(value) && value > 0 ? value : undefined),
}

export const nonNegativeInteger: Check<number> = {
  expected: 'a non-negative integer',
  read: (value) => (isInteger(value) && value >= 0 ? value : undefined),
}

export const positiveNumber: Check<number> = {
  expected: 'a positive number',
  read: (value) => (typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined),
}

export const record: Check<Record<string, unknown>> = {
  expected: 'an object',
  read: (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined,
}

export const stringRecord: Check<Record<string, string>> = {
  expected: 'an object with string values',
  read(value) {
    const object = record.read(value)
    if (!object || !Object.values(object).every((item) => typeof item === 'string')) return undefined
    return { ...object } as Record<string, string>
  },
}

export function oneOf<const T extends string>(...values: readonly T[]): Check<T> {
  return {
    expected: listed(values.map((value) => `'${value}'`)),
    read: (value) => values.find((candidate) => candidate === value),
  }
}

/** 'a', 'b' or 'c' */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value)
}
