import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, it } from 'vitest'
import { createProject } from '../../test/project.ts'

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../schema.json'), 'utf8')) as object
const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema)

const EVERYTHING = `import { choice, picture, test } from 'vitest-notebook'
const image = { data: new Uint8Array(12).fill(9), width: 2, height: 2, channels: 3 } as const
test('everything', { params: { size: 3, style: choice('oil', 'ink'), of: picture('${join(import.meta.dirname, '../../../../experiments/pictures/cat.jpg')}') } }, async ({ notebook }) => {
  notebook.md('# Title')
  await notebook.code('prints', async () => { console.log('out'); console.error('err'); return { a: [1] } })
  await notebook.code(() => { throw new Error('a', { cause: new TypeError('b') }) }).catch?.(() => {})
})
test('displays', async ({ notebook }) => {
  notebook.display(new Map([[1, 2]]), { title: 'a map' })
  notebook.image(image, { alt: 'a', caption: 'c' }).update(image)
  notebook.compare(image, image, { alt: 'b' })
  notebook.gallery([{ image, alt: 'c' }])
  await notebook.video([image, image], { fps: 2, alt: 'd' })
  notebook.table([{ a: 1, b: 'x', c: true, d: null }], { caption: 't', statistics: true })
  notebook.plot({ x: 's', y: ['a', 'b'], scale: 'log', title: 'p' }).add({ s: 1, a: 2, b: 3 })
  notebook.progress(2, 'p').add()
  notebook.file('a.txt', 'text')
  notebook.meta({ seed: 1 })
  await notebook.details('d', (inside) => inside.subreport('s', (page) => page.md('x')))
  await notebook.ask({ name: 'Ada' }, { title: 'q', timeout: '10ms' })
  notebook.serve('/here', () => new Response('hi'))
  await notebook.checkpoint.save({ a: 1 })
})
test('goes on', { retry: 1 }, async ({ notebook }) => {
  const saved = await notebook.checkpoint.load()
  await notebook.checkpoint.save({ a: 1 }, { step: 3 })
  if (!saved) throw new Error('lost')
})`

it('every event of a notebook is as the published schema says', { timeout: 60_000 }, async () => {
  using project = createProject({ 'a.experiment.ts': EVERYTHING }, { formats: [] })
  await project.vitest([], { VITEST_NOTEBOOK_ASK: '10ms' })
  const lines = project.record().notebooks.flatMap(({ path }) => {
    const journal = join(project.root, 'reports/latest', path, 'journal.jsonl')
    return readFileSync(journal, 'utf8').trim().split('\n')
  })
  const events = lines.map((line) => JSON.parse(line) as { type: string; content?: { kind: string } })
  expect(new Set(events.map(({ type }) => type))).toEqual(
    new Set([
      'begin',
      'parameters',
      'cell',
      'update',
      'points',
      'stream',
      'end',
      'meta',
      'checkpoint',
      'continue',
      'finish',
    ]),
  )
  for (const event of events) {
    const isValid = validate(event)
    expect(isValid ? [] : [event, validate.errors]).toEqual([])
  }
})

it('the published schema refuses what is no event', () => {
  expect(validate({ seq: 1, at: 0, type: 'meta', values: {} })).toBe(true)
  expect(validate({ seq: 0, at: 0, type: 'meta', values: {} })).toBe(false)
  expect(validate({ seq: 1, at: 0, type: 'metal', values: {} })).toBe(false)
  expect(validate({ seq: 1, at: 0, type: 'cell', cell: 'c1', content: { kind: 'image', alt: 'x' } })).toBe(false)
  expect(validate({ seq: 1, at: 0, type: 'meta', values: {}, more: 1 })).toBe(false)
})
