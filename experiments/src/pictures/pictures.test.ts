import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readPicture, toBytes, toPng } from './files.ts'
import { noise } from './noise.ts'
import { toPicture } from './picture.ts'
import { plasma } from './plasma.ts'
import { fit, resize } from './resize.ts'
import { roll } from './roll.ts'
import { tiled } from './tiled.ts'
import { Timeline } from './timeline.ts'

const size = { width: 31, height: 17 }

describe('files', () => {
  test('a PNG keeps every byte', async () => {
    const picture = noise(size)
    const back = await readPicture(await toPng(picture))
    expect(toBytes(back)).toEqual(toBytes(picture))
  })

  test.for(['jpeg', 'webp', 'png'] as const)('reads %s by path', async (format) => {
    const folder = await mkdtemp(join(tmpdir(), 'pictures-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, `picture.${format}`)
    await writeFile(
      file,
      await sharp({ create: { ...size, channels: 3, background: '#c86432' } })
        .toFormat(format)
        .toBuffer(),
    )
    const { data, width, height } = await readPicture(file)
    expect({ width, height }).toEqual(size)
    for (const [i, value] of [200, 100, 50].entries()) expect(Math.abs(data[i]! - value)).toBeLessThan(4)
  })

  test('grey becomes RGB, and transparency white', async () => {
    const grey = await sharp({ create: { ...size, channels: 3, background: '#777' } })
      .greyscale()
      .png()
      .toBuffer()
    expect((await readPicture(grey)).data.slice(0, 3)).toEqual(Float32Array.of(119, 119, 119))
    const clear = await sharp({ create: { ...size, channels: 4, background: '#f000' } })
      .png()
      .toBuffer()
    expect((await readPicture(clear)).data.slice(0, 3)).toEqual(Float32Array.of(255, 255, 255))
  })

  test('a photograph that a camera turned is read upright, the longer side as asked for', async () => {
    const turned = await sharp({ create: { width: 40, height: 20, channels: 3, background: '#123' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer()
    const { width, height } = await readPicture(turned, { size: 32 })
    expect({ width, height }).toEqual({ width: 16, height: 32 })
  })

  test('what is no picture is refused with its name', async () => {
    await expect(readPicture('/nowhere/me.jpg')).rejects.toThrow('Cannot read the picture /nowhere/me.jpg')
    await expect(readPicture(Buffer.from('hello'))).rejects.toThrow('Cannot read the picture 5 bytes')
  })
})

describe('resizing', () => {
  test('keeps an even picture even, and the mean of any', () => {
    const even = toPicture(new Float32Array(31 * 17 * 3).fill(42), size)
    expect(new Set(resize(even, { width: 64, height: 9 }).data)).toEqual(new Set([42]))
    const picture = noise({ width: 64, height: 48 })
    const mean = ({ data }: { data: Float32Array }) => data.reduce((a, b) => a + b, 0) / data.length
    expect(mean(resize(picture, { width: 16, height: 12 }))).toBeCloseTo(mean(picture), 0)
  })

  test('enlarges a slope as a slope', () => {
    const slope = toPicture(
      Float32Array.from({ length: 8 * 3 }, (_, i) => Math.floor(i / 3) * 10),
      { width: 8, height: 1 },
    )
    const wide = resize(slope, { width: 16, height: 1 })
    const steps = Array.from({ length: 13 }, (_, x) => wide.data[(x + 2) * 3]! - wide.data[(x + 1) * 3]!)
    for (const step of steps) expect(step).toBeCloseTo(5, 4)
  })

  test('fits the longer side', () => {
    expect(fit({ width: 400, height: 300 }, 200)).toEqual({ width: 200, height: 150 })
    expect(fit({ width: 3, height: 3000 }, 100)).toEqual({ width: 1, height: 100 })
  })
})

describe('chance', () => {
  test('the same seed gives the same picture, another seed another', () => {
    for (const draw of [noise, plasma]) {
      expect(draw(size, { seed: 4 }).data).toEqual(draw(size, { seed: 4 }).data)
      expect(draw(size, { seed: 4 }).data).not.toEqual(draw(size, { seed: 5 }).data)
    }
  })

  test('plasma goes on at its other side: the step over the edge is like those inside', () => {
    const { data } = plasma({ width: 64, height: 64 })
    const step = (a: number, b: number) => {
      let sum = 0
      for (let y = 0; y < 64; y++) sum += Math.abs(data[(y * 64 + a) * 3]! - data[(y * 64 + b) * 3]!)
      return sum / 64
    }
    const inside = Array.from({ length: 63 }, (_, x) => step(x, x + 1)).reduce((a, b) => a + b, 0) / 63
    expect(step(63, 0)).toBeLessThan(2 * inside)
  })
})

test('rolling there and back changes nothing, and the copies of a tiling are rolled into one another', () => {
  const picture = noise(size)
  expect(roll(roll(picture, 40, -5), -40, 5).data).toEqual(picture.data)
  expect(roll(tiled(picture, 2), size.width, size.height).data).toEqual(tiled(picture, 2).data)
})

test('a timeline spreads its frames over the steps, all of its size, and goes on after a cut', () => {
  const timeline = new Timeline({ ...size, steps: 40, count: 4 })
  for (let step = 0; step <= 20; step++) timeline.add(step, noise({ width: 10, height: 10 }))
  const resumed = new Timeline({ ...size, steps: 40, count: 4, resume: timeline.frames })
  for (let step = 21; step <= 40; step++) resumed.add(step, noise({ width: 10, height: 10 }))
  expect(resumed.frames).toHaveLength(5)
  expect(resumed.frames.every(({ width, height }) => width === 31 && height === 17)).toBe(true)
})

test('a timeline ends with the last picture, once, wherever it falls', () => {
  const timeline = new Timeline({ ...size, steps: 40, count: 4 })
  timeline.add(10, noise(size))
  timeline.end(10, noise(size))
  expect(timeline.frames).toHaveLength(1)
  timeline.end(11, noise(size))
  expect(timeline.frames).toHaveLength(2)
})
