import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { createProject } from '../../test/project.ts'
import type { NotebookDocument } from '../journal/document.ts'

// Each runs a Vitest of its own.
vi.setConfig({ testTimeout: 60_000 })

/** Runs one test with this body and gives its notebook. */
async function write(body: string, before = ''): Promise<NotebookDocument & { output: string }> {
  const { documents, output } = await writeAll(`${before}
test('notebook', async ({ notebook, signal }) => {
${body}
})`)
  return { ...documents[0]!, output }
}

async function writeAll(
  tests: string,
  options: { args?: string[]; env?: Record<string, string> } = {},
): Promise<{ documents: NotebookDocument[]; output: string }> {
  using project = createProject(
    { 'a.experiment.ts': `import { test } from 'vitest-notebook'\n${tests}` },
    { formats: [] },
  )
  const { output } = await project.vitest(options.args, options.env)
  const documents = await Promise.all(project.record().notebooks.map(({ path }) => project.read(path)))
  return { documents, output }
}

describe('a code cell', () => {
  /** what stands in the file, and what the cell shows of it */
  const shapes: [fn: string, shown: string][] = [
    ['() => 1 + 1', '1 + 1'],
    [
      '() => {\n    const one: number = 1 // a comment\n    return one satisfies number\n  }',
      'const one: number = 1 // a comment\nreturn one satisfies number',
    ],
    ['async () => {\n    await null\n    return [1, 2] as const\n  }', 'await null\nreturn [1, 2] as const'],
    ['function () {\n    return 1\n  }', 'return 1'],
    ['async function compute(): Promise<number> {\n    return 1\n  }', 'return 1'],
    ["() => ')('.length + `${'}'}`.length", "')('.length + `${'}'}`.length"],
    ["() => new Map<string, number[]>([['a', [1]]]).size", "new Map<string, number[]>([['a', [1]]]).size"],
    ["() => ({ a: 1, 'b c': /[)]/ })", "{ a: 1, 'b c': /[)]/ }"],
    ['(() => /* why */ 1) as () => number', '1'],
    ['known', 'function known(): number {\n  return 5 // far away\n}'],
    [
      '() => {\n    // first\n    if (1 < 2) {\n      void 0\n    }\n    // last\n  }',
      '// first\nif (1 < 2) {\n  void 0\n}\n// last',
    ],
    ['(): number[] =>\n    [1, 2]\n      .map((one) => one * 2)', '[1, 2]\n  .map((one) => one * 2)'],
  ]

  it('shows its source as it is written, whatever its shape', async () => {
    const calls = shapes.map(([fn], index) => `  await notebook.code('shape ${index}', ${fn})`)
    const { cells } = await write(
      `${calls.join('\n')}\n  notebook.code(() => 6); notebook\n    .code(() => notebook.code('inner', () => 7))`,
      'function known(): number {\n  return 5 // far away\n}',
    )
    const sources = cells.map(({ content }) => (content.kind === 'code' ? content.source : ''))
    expect(sources).toEqual([...shapes.map(([, shown]) => shown), '6', "notebook.code('inner', () => 7)"])
    expect(cells.at(-1)?.children[0]?.content).toMatchObject({ title: 'inner', source: '7' })
    expect(cells[1]?.content).toMatchObject({
      language: 'typescript',
      location: { file: expect.stringMatching(/a\.experiment\.ts$/), line: 8, column: 5, endLine: 9 },
    })
  })

  it('keeps its seconds, its value and what it threw', async () => {
    const { cells, status, errors } = await write(`
      notebook.code('sync', () => ({ sum: 2 }))
      await notebook.code('async', async () => 'later')
      await notebook.code('fails', () => { throw new RangeError('too far', { cause: new Error('why') }) })`)
    expect(cells.map(({ end }) => end)).toEqual([
      { seconds: expect.any(Number), value: expect.objectContaining({ 'application/json': { json: { sum: 2 } } }) },
      {
        seconds: expect.any(Number),
        value: expect.objectContaining({ 'text/plain': expect.stringContaining('later') }),
      },
      {
        seconds: expect.any(Number),
        error: expect.objectContaining({
          name: 'RangeError',
          message: 'too far',
          cause: expect.objectContaining({ message: 'why' }),
        }),
      },
    ])
    expect({ status, message: errors[0]?.message }).toEqual({ status: 'failed', message: 'too far' })
  })

  it('has what it printed and nothing of its neighbours, also when they run side by side', async () => {
    const { cells } = await write(`
      await Promise.all(Array.from({ length: 10 }, (_, cell) => notebook.code('cell ' + cell, async () => {
        for (let line = 0; line < 5; line++) {
          console.log('log', cell, line)
          process.stdout.write('raw ' + cell + ' ' + line + '\\n')
          console.error('error', cell)
          await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 5))
        }
      })))`)
    expect(cells).toHaveLength(10)
    for (const [number, { streams }] of cells.entries()) {
      const printed = (name: string) =>
        streams.flatMap((stream) => (stream.name === name ? [stream.text] : [])).join('')
      const lines = Array.from({ length: 5 }, (_, line) => `log ${number} ${line}\nraw ${number} ${line}\n`).join('')
      expect(printed('stdout')).toBe(lines)
      expect(printed('stderr')).toBe(`error ${number}\n`.repeat(5))
    }
  })
})

describe('cells', () => {
  it('stand in the order of the calls, with what was displayed inside of code and boxes', async () => {
    const { cells, meta } = await write(`
      notebook.md('# Title')
      const live = notebook.display({ a: 1 }, { title: 'value' })
      live.update({ a: 2 })
      const table = notebook.table([{ x: 1, y: 'a' }], { statistics: true })
      table.update([{ x: 1, y: 'a' }, { x: 2, y: 'b' }])
      const loss = notebook.plot({ x: 'step', y: 'loss' })
      for (let step = 0; step < 100; step++) loss.add({ step, loss: 1 / (step + 1), more: true })
      const progress = notebook.progress(3, 'three')
      progress.add(); progress.update(3)
      await notebook.details('box', (inside) => inside.md('in the box'))
      await notebook.subreport('Page', async (inside) => { await inside.code('in the page', () => inside.md('deep')) })
      notebook.file('note.txt', 'hello')
      notebook.meta({ seed: 7 })
      notebook.display({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>bold</b>', 'text/plain': 'bold' }) })`)
    expect(cells.map(({ content }) => content.kind)).toEqual([
      'markdown',
      'display',
      'table',
      'plot',
      'progress',
      'details',
      'subreport',
      'file',
      'display',
    ])
    expect(cells[1]?.content).toMatchObject({ title: 'value', data: { 'application/json': { json: { a: 2 } } } })
    expect(cells[2]?.content).toMatchObject({
      columns: [
        { name: 'x', type: 'number' },
        { name: 'y', type: 'string' },
      ],
      rows: [
        [1, 'a'],
        [2, 'b'],
      ],
    })
    expect(cells[3]?.points).toHaveLength(100)
    expect(cells[4]?.content).toMatchObject({ value: 3, total: 3, label: 'three' })
    expect(cells[5]?.children.map(({ content }) => content)).toEqual([{ kind: 'markdown', source: 'in the box' }])
    expect(cells[6]?.children[0]?.children[0]?.content).toEqual({ kind: 'markdown', source: 'deep' })
    expect(cells[8]?.content).toMatchObject({ data: { 'text/html': '<b>bold</b>', 'text/plain': 'bold' } })
    expect(meta).toEqual({ seed: 7 })
  })

  it('hold pictures of every kind, and films', async () => {
    const { cells, output } = await write(`
      const pixels = (value: number) => ({ data: new Uint8Array(3 * 8 * 8).fill(value), width: 8, height: 8, channels: 3 as const })
      const live = notebook.image(pixels(10), { alt: 'grey', caption: 'The canvas' })
      for (let value = 20; value < 200; value += 20) live.update(pixels(value))
      notebook.compare(pixels(0), pixels(255), { alt: 'black and white' })
      notebook.gallery([{ image: pixels(1), alt: 'one' }, { image: pixels(2), alt: 'two' }])
      await notebook.video(Array.from({ length: 6 }, (_, index) => pixels(index * 40)), { fps: 4, alt: 'a film' })`)
    expect(output).toContain('1 passed')
    expect(cells.map(({ content }) => content)).toMatchObject([
      { kind: 'image', alt: 'grey', caption: 'The canvas', image: { width: 8, height: 8, mediaType: 'image/png' } },
      { kind: 'compare', alt: 'black and white' },
      { kind: 'gallery', items: [{ alt: 'one' }, { alt: 'two' }] },
      { kind: 'video', frames: 6, fps: 4, alt: 'a film', width: 8, height: 8 },
    ])
  })

  it('fail the test with the picture that cannot be read', async () => {
    const { status, output } = await write(`notebook.image('./nowhere.png', { alt: 'nothing' })`)
    expect(status).toBe('failed')
    expect(output).toContain('The picture ./nowhere.png cannot be read')
  })

  it('ask nobody when nobody watches, and take the defaults', async () => {
    const { cells } = await write(`
      const answer = await notebook.ask({ name: 'Ada', size: 3 }, { title: 'Who?', timeout: '10m' })
      notebook.md(JSON.stringify(answer))`)
    expect(cells[0]).toMatchObject({
      content: { kind: 'question', title: 'Who?' },
      end: { answer: { name: 'Ada', size: 3 } },
    })
    expect(cells[1]?.content).toEqual({ kind: 'markdown', source: '{"name":"Ada","size":3}' })
  })
})

describe('a second attempt', () => {
  it('goes on from the checkpoint of the first, in a notebook of its own', async () => {
    const { documents } = await writeAll(
      `test('resumes', async ({ notebook }) => {
  const saved = await notebook.checkpoint.load<{ step: number; canvas: Float32Array }>()
  notebook.md(saved ? 'from ' + saved.step + ' ' + saved.canvas[1] : 'from nothing')
  await notebook.checkpoint.save({ step: 7, canvas: new Float32Array([1, 2.5]) })
  if (!saved) throw new Error('lost')
})`,
      { args: ['--retry=1'] },
    )
    const said = documents.map(({ begin, cells, status }) => [begin.attempt, cells[0]?.content, status])
    expect(said.toSorted(([a], [b]) => Number(a) - Number(b))).toEqual([
      [1, { kind: 'markdown', source: 'from nothing' }, 'failed'],
      [2, { kind: 'markdown', source: 'from 7 2.5' }, 'passed'],
    ])
  })
})

describe('secrets', () => {
  it('are in no file of the report', async () => {
    using project = createProject(
      {
        'a.experiment.ts': `import { test } from 'vitest-notebook'
test('tells', async ({ notebook }) => {
  const secret = process.env.MY_API_TOKEN!
  notebook.md('token ' + secret)
  notebook.display({ [secret]: [secret], url: 'https://x/?t=' + encodeURIComponent(secret) })
  notebook.meta({ secret })
  await notebook.code('prints', () => { console.log(secret.slice(0, 9)); process.stdout.write(secret.slice(0, 9)); process.stdout.write(secret.slice(9)); return 'card 1234-5678' })
})`,
      },
      { formats: ['html', 'md'], redact: ['card 1234-5678'] },
    )
    const { code } = await project.vitest([], { MY_API_TOKEN: 'sk/live+4242 very:secret' })
    expect(code).toBe(0)
    const folder = join(project.root, 'reports/latest/a.experiment.ts/tells')
    for (const file of ['journal.jsonl', 'index.html', 'report.md']) {
      const content = readFileSync(join(folder, file), 'utf8')
      expect(content).toContain('[redacted]')
      expect(content).not.toMatch(/very:secret|very%3Asecret|1234-5678/)
    }
  })
})
