import { describe, expect, it } from 'vitest'
import type { DocumentCell } from '../journal/document.ts'
import type { TableColumn, TableValue } from '../journal/schema.ts'
import { assetHref, assetPath } from './asset.ts'
import { richest } from './bundle.ts'
import { pointsCsv, tableCsv } from './csv.ts'
import { counted, formatBytes, formatCount, formatDate, formatNumber, formatSeconds } from './format.ts'
import { highlight } from './highlight.ts'
import { cellInFlight } from './in-flight.ts'
import { sourceUrl } from './link.ts'
import { fullLogs, plainLog, viewLog } from './log.ts'
import { outlineOf } from './outline.ts'
import { parseMarkdown } from './parse.ts'
import { statisticsOf } from './statistics.ts'

function cell(content: DocumentCell['content'], more: Partial<DocumentCell> = {}): DocumentCell {
  return { id: 'c1', content, startedAt: 0, children: [], streams: [], points: [], ...more }
}

describe('figures in words', () => {
  it.for([
    [0.0004, '0 ms'],
    [0.48, '480 ms'],
    [0.9996, '1.0 s'],
    [59.96, '1m 00s'],
    [252.4, '4m 12s'],
    [7261, '2h 01m'],
    [Number.NaN, '–'],
  ] as const)('says %d seconds as %s', ([seconds, words]) => expect(formatSeconds(seconds)).toBe(words))

  it.for([
    [812, '812 B'],
    [3400, '3.4 kB'],
    [999_600, '1.0 MB'],
    [64e6, '64 MB'],
  ] as const)('says %d bytes as %s', ([bytes, words]) => expect(formatBytes(bytes)).toBe(words))

  it('counts things in words', () => {
    expect([0, 1, 1234].map((count) => counted(count, 'cell'))).toEqual(['0 cells', '1 cell', '1,234 cells'])
  })

  it('says dates in UTC, counts with commas and numbers with six digits', () => {
    expect(formatDate(Date.UTC(2026, 10, 24, 14, 5))).toBe('24 Nov 2026, 14:05 UTC')
    expect(formatCount(1_234_567)).toBe('1,234,567')
    expect([1 / 3, 1e21, 0.1 + 0.2, -0.000_001_234_567_8].map(formatNumber)).toEqual([
      '0.333333',
      '1e+21',
      '0.3',
      '-0.00000123457',
    ])
  })
})

describe('assets', () => {
  it.for(['../secret', '/etc/passwd', 'assets/../../x', '.'])('are not read from %s, outside the folder', (path) => {
    expect(() => assetPath('/reports/a', { path })).toThrow('lies outside the notebook')
  })

  it('are linked without a scheme, a host or a way up', () => {
    expect(assetHref({ path: 'assets/a b.png' })).toBe('assets/a%20b.png')
    expect(assetHref({ path: 'javascript:alert(1)' })).toBe('javascript%3Aalert(1)')
    expect(assetHref({ path: '//evil.example/../x' })).toBe('evil.example/x')
  })
})

describe('values', () => {
  it('show the richest form that there is', () => {
    const image = { path: 'assets/a.png', bytes: 1, mediaType: 'image/png' }
    expect(richest({ 'text/plain': 'a', 'text/html': '<b>a</b>', 'image/png': image })).toMatchObject({ kind: 'image' })
    expect(richest({ 'text/plain': 'a', 'text/html': '<b>a</b>' })).toEqual({ kind: 'html', text: '<b>a</b>' })
    expect(richest({ 'text/plain': 'a', 'text/html': '<b>a</b>' }, { textFirst: true })).toEqual({
      kind: 'text',
      text: 'a',
    })
    expect(richest({ 'application/json': { json: null } })).toEqual({ kind: 'json', value: null })
    expect(richest({})).toBeUndefined()
  })
})

describe('tables', () => {
  const columns: TableColumn[] = [
    { name: 'a,b', type: 'number' },
    { name: 'text', type: 'string' },
  ]
  const rows: TableValue[][] = [
    [1, 'x'],
    [2, 'with "quotes"'],
    [null, 'two\nlines'],
    [6, null],
  ]

  it('are written as CSV that quotes what needs it', () => {
    expect(tableCsv({ columns, rows })).toBe('"a,b",text\r\n1,x\r\n2,"with ""quotes"""\r\n,"two\nlines"\r\n6,\r\n')
  })

  it('hold the points of a plot, with what is missing left empty', () => {
    const points = [{ step: 0, loss: 0.1 + 0.2 }, { step: 1 }]
    expect(pointsCsv({ x: 'step', y: ['loss', 'step'] }, points)).toBe('step,loss\r\n0,0.30000000000000004\r\n1,\r\n')
  })

  it('have statistics of their columns of numbers, without what is missing', () => {
    const [found, ...others] = statisticsOf({ columns, rows })
    expect(others).toEqual([])
    expect(found).toMatchObject({ name: 'a,b', count: 3, mean: 3, min: 1, median: 2, max: 6 })
    expect(found!.deviation).toBeCloseTo(Math.sqrt(7), 12)
  })
})

describe('logs', () => {
  it('are cut in the middle, and the whole goes into a file', () => {
    const text = Array.from({ length: 500 }, (_, index) => `line ${index}`).join('\n')
    const { head, cut } = viewLog(text)
    expect(head.split('\n')).toHaveLength(60)
    expect(cut).toMatchObject({ lines: 400 })
    expect(cut!.tail.split('\n').at(-1)).toBe('line 499')
    const code = { kind: 'code', source: '', language: 'typescript' } as const
    const cells = [cell(code, { streams: [{ name: 'stdout', text }] })]
    expect(fullLogs({ cells })).toEqual([{ path: 'logs/c1-0-stdout.txt', text }])
    expect(fullLogs({ cells: [cell(code, { streams: [{ name: 'stdout', text: 'short' }] })] })).toEqual([])
  })

  it('show what a terminal would show in the end', () => {
    expect(plainLog('10 %\r50 %\r100 %\n\u001B[31mred\u001B[0m\r\n')).toBe('100 %\nred\n')
  })

  it('keep colours, weight and background of a terminal', async () => {
    const [line] = await highlight(
      '\u001B[1;31mbad\u001B[0m plain \u001B[42mback\u001B[0m \u001B[38;5;208morange\u001B[0m',
      'ansi',
    )
    expect(line).toEqual([
      { text: 'bad', role: 'ansi-red', bold: true },
      { text: ' plain ' },
      { text: 'back', background: 'ansi-green' },
      { text: ' ' },
      { text: 'orange', role: 'ansi-yellow' },
    ])
  })
})

describe('code', () => {
  it('is highlighted to its end however slow the clock says it goes', async () => {
    const { now } = Date
    // a minute passes each time that somebody looks
    let minutes = 0
    Date.now = () => now() + ++minutes * 60_000
    try {
      const [line] = await highlight("const slow = await load('network')", 'ts')
      expect(line!.map(({ role }) => role)).toContain('string-expression')
    } finally {
      Date.now = now
    }
  })

  it('is plain in a line of many thousand characters', async () => {
    const [line] = await highlight(`const long = '${'x'.repeat(6000)}'`, 'ts')
    expect(line).toHaveLength(1)
  })
})

describe('the outline', () => {
  it('skips no level and gives each entry an address of its own', () => {
    const source = '# A\n\n#### Deep\n\n# A'
    const inner = cell({ kind: 'markdown', source: '# Inside' }, { id: 'c3' })
    const cells = [
      cell({ kind: 'markdown', source }),
      cell({ kind: 'subreport', title: 'A', slug: 'a' }, { id: 'c2', children: [inner] }),
    ]
    expect(outlineOf({ cells }).entries.map(({ level, anchor }) => [level, anchor])).toEqual([
      [2, 'a'],
      [3, 'deep'],
      [2, 'a-1'],
      [2, 'a-2'],
      [3, 'inside'],
    ])
  })

  it('reads a formula alone in its paragraph as one of its own', () => {
    expect(parseMarkdown('$$x^2$$').children[0]).toMatchObject({ type: 'math', value: 'x^2' })
    expect(parseMarkdown('so $$x^2$$ it is').children[0]).toMatchObject({ type: 'paragraph' })
  })
})

describe('places', () => {
  it('link to the file at the commit, and nowhere but to a web page', () => {
    const location = { file: 'a b/x.ts', line: 3, endLine: 5 }
    const repository = 'https://github.com/example/art/'
    expect(sourceUrl(location, { repository, commit: 'abc' })).toBe(
      'https://github.com/example/art/blob/abc/a%20b/x.ts#L3-L5',
    )
    expect(sourceUrl(location, { repository: 'javascript:alert(1)', commit: 'abc' })).toBeUndefined()
    expect(sourceUrl(location, { repository })).toBeUndefined()
  })

  it('name the innermost cell that was at work', () => {
    const code = { kind: 'code', source: '', language: 'typescript' } as const
    const inner = cell(code, { id: 'inner' })
    const done = cell(code, { id: 'done', end: { seconds: 1 } })
    const box = cell({ kind: 'details', title: 'box' }, { id: 'box', children: [done, inner] })
    expect(cellInFlight({ cells: [done, box, cell({ kind: 'endpoint', path: '/' })] })?.id).toBe('inner')
    expect(cellInFlight({ cells: [done] })).toBeUndefined()
  })
})
