import { describe, expect, it } from 'vitest'
import { plotSvg } from './draw.ts'
import { seriesOf } from './series.ts'
import { describePlot } from './words.ts'

describe('a plot', () => {
  const points = Array.from({ length: 20_000 }, (_, step) => ({
    step,
    loss: step === 13_337 ? 99 : Math.sin(step / 500),
  }))

  it('thins thousands of points and loses no spike, nor first, nor last', () => {
    const [series] = seriesOf({ x: 'step', y: 'loss' }, points)
    expect(series!.points.length).toBeLessThanOrEqual(1202)
    expect(series!.points).toContainEqual({ x: 13_337, y: 99 })
    expect(series!.points[0]).toEqual({ x: 0, y: 0 })
    expect(series!.points.at(-1)!.x).toBe(19_999)
  })

  it('leaves out what a logarithmic axis cannot show', () => {
    const [series] = seriesOf({ x: 'step', y: 'loss', scale: 'log' }, [
      { step: 0, loss: 0 },
      { step: 1, loss: -1 },
      { step: 2, loss: 3 },
      { step: 3, loss: Number.NaN },
    ])
    expect(series!.points).toEqual([{ x: 2, y: 3 }])
  })

  it('says what it shows to those who do not see it', () => {
    expect(
      describePlot({ title: 'Loss', x: 'step', y: 'loss' }, [
        { step: 0, loss: 3 },
        { step: 1, loss: 0.5 },
      ]),
    ).toBe('Plot “Loss” over step: loss goes from 3 to 0.5 in 2 points.')
  })

  it('is the same text each time, with colours of the page or of paper', async () => {
    const spec = { x: 'step', y: ['loss', 'other'] }
    expect(await plotSvg(spec, points)).toBe(await plotSvg(spec, points))
    expect(await plotSvg(spec, points)).toContain('var(--series-1)')
    const paper = await plotSvg(spec, points, 'paper')
    expect(paper).toContain('#0072b2')
    expect(paper).not.toMatch(/var\(|currentColor/)
  })

  it.each([
    [4, 105, ['5', '10', '20', '50', '100']],
    [0.012, 0.9, ['0.02', '0.05', '0.1', '0.2', '0.5']],
    [1e-5, 3, ['0.00001', '0.0001', '0.001', '0.01', '0.1', '1']],
    [3.1, 4.4, expect.arrayContaining(['3.2', '4'])],
  ])('marks a logarithmic axis from %d to %d where a reader looks', async (least, most, labels) => {
    const svg = await plotSvg({ x: 'step', y: 'loss', scale: 'log' }, [
      { step: 1, loss: least },
      { step: 2, loss: most },
    ])
    const ofAxis = [...svg.matchAll(/<text transform="translate\(56,[^>]*y="0.32em">([^<]*)</g)].map(([, text]) => text)
    expect(ofAxis).toEqual(labels)
  })

  it('has no names of lines above a frame without lines', async () => {
    const spec = { x: 'step', y: ['loss', 'other'] }
    expect(await plotSvg(spec, [], 'paper')).not.toContain('● loss')
    expect(await plotSvg(spec, points, 'paper')).toContain('● loss')
  })

  it('lets labels be nothing but labels', async () => {
    const evil = '</text><script>alert(1)</script><image href="https://evil.example/"/>'
    const svg = await plotSvg(
      { title: evil, x: evil, y: [evil, 'b'], xLabel: evil, yLabel: evil },
      [{ [evil]: 1, b: 2 }],
      'paper',
    )
    expect(svg).not.toMatch(/<script|<image/)
  })
})
