import { describe, expect, it } from 'vitest'
import { callerOf, parseFrame } from './caller.ts'

describe('where a call stands', () => {
  it.for([
    ['    at /art/dream.experiment.ts:12:34', '/art/dream.experiment.ts'],
    ['    at async /art/dream.experiment.ts:12:34', '/art/dream.experiment.ts'],
    ['    at dream (file:///art/my%20dream.ts:12:34)', '/art/my dream.ts'],
    ['    at async Promise.all (file:///art/a.ts?v=3:12:34)', '/art/a.ts'],
    ['    at new Dream (/art/with (brackets)/a.ts:12:34)', '/art/with (brackets)/a.ts'],
    [String.raw`    at dream (C:\art\a.ts:12:34)`, String.raw`C:\art\a.ts`],
  ] as const)('is read from %s', ([frame, file]) => {
    expect(parseFrame(frame)).toEqual({ file, line: 12, column: 34 })
  })

  it.for(['', '    at <anonymous>', '    at native'])('is nowhere in %j', (frame) => {
    expect(parseFrame(frame)).toBeUndefined()
  })

  it('is the line of whoever called the method', () => {
    const method = (): unknown => callerOf(method)
    expect(method()).toMatchObject({ file: import.meta.filename, line: 22 })
  })
})
