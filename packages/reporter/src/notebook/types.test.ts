import { expectTypeOf, it } from 'vitest'
import { choice, json, mask, picture, test } from '../index.ts'
import type { Notebook } from './types.ts'

// Checked by the compiler: none of these functions is ever called.

it('gives parameters the type of their defaults, and of their words', () => {
  const register = () =>
    test(
      'Paint',
      { params: { size: 512, name: 'ada', quick: true, style: choice('oil', 'ink'), image: picture('./a.jpg') } },
      ({ params }) => {
        expectTypeOf(params.size).toEqualTypeOf<number>()
        expectTypeOf(params.name).toEqualTypeOf<string>()
        expectTypeOf(params.quick).toEqualTypeOf<boolean>()
        expectTypeOf(params.style).toEqualTypeOf<'oil' | 'ink'>()
        expectTypeOf(params.image.data).toEqualTypeOf<Uint8Array>()
        // @ts-expect-error there is no such parameter
        void params.sise
        // @ts-expect-error parameters are not written to
        params.size = 1
      },
    )
  expectTypeOf(register).returns.toBeVoid()
})

it('refuses options that are none, and parameters of no kind', () => {
  const register = () => {
    // @ts-expect-error a typing error in Vitest's options
    test('One', { timout: 5 }, () => {})
    // @ts-expect-error a function is no parameter
    test('Two', { params: { size: () => 1 } }, () => {})
    // @ts-expect-error a mask is painted on a picture of the experiment: only questions have it
    test('Three', { params: { on: mask('./a.png') } }, () => {})
  }
  expectTypeOf(register).returns.toBeVoid()
})

it('has no picture without words', () => {
  const use = (notebook: Notebook) => {
    notebook.image('a.png', { alt: 'a cat' })
    // @ts-expect-error alt is missing
    notebook.image('a.png', {})
    // @ts-expect-error alt is missing
    notebook.image('a.png')
    // @ts-expect-error alt is missing
    notebook.gallery([{ image: 'a.png' }])
    // @ts-expect-error alt is missing
    notebook.compare('a.png', 'b.png', {})
    // @ts-expect-error alt is missing
    void notebook.video([], { fps: 12 })
  }
  expectTypeOf(use).returns.toBeVoid()
})

it('passes the value of a cell through, now or later', () => {
  const use = async (notebook: Notebook) => {
    expectTypeOf(notebook.code(() => 1)).toEqualTypeOf<number>()
    expectTypeOf(notebook.code('later', async () => 'a')).toEqualTypeOf<Promise<string>>()
    expectTypeOf(await notebook.subreport('page', async () => 1)).toEqualTypeOf<number>()
    // @ts-expect-error a title is no cell
    notebook.code('title')
  }
  expectTypeOf(use).returns.resolves.toBeVoid()
})

it('knows the fields of a plot, and takes points that hold more', () => {
  const use = (notebook: Notebook) => {
    const loss = notebook.plot({ x: 'step', y: ['loss', 'norm'] })
    loss.add({ step: 1, loss: 2, norm: 3 })
    const step = { step: 1, loss: 2, norm: 3, pixels: new Uint8Array() }
    loss.add(step)
    expectTypeOf(loss.last.loss).toEqualTypeOf<number>()
    // @ts-expect-error a field is missing
    loss.add({ step: 1, loss: 2 })
    // @ts-expect-error there is no such field
    void loss.last.accuracy
  }
  expectTypeOf(use).returns.toBeVoid()
})

it('gives answers the type of their questions', () => {
  const use = async (notebook: Notebook) => {
    const answer = await notebook.ask({
      layer: choice('a', 'b'),
      strength: 0.5,
      config: json({ octaves: 3 }),
      where: mask('./a.png'),
    })
    expectTypeOf(answer.layer).toEqualTypeOf<'a' | 'b'>()
    expectTypeOf(answer.strength).toEqualTypeOf<number>()
    expectTypeOf(answer.config).toEqualTypeOf<{ octaves: number }>()
    expectTypeOf(answer.where.data).toEqualTypeOf<Uint8Array>()
    // @ts-expect-error a duration has a unit
    await notebook.ask({ name: '' }, { timeout: '5 minutes' })
  }
  expectTypeOf(use).returns.resolves.toBeVoid()
})
