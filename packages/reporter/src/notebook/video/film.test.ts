import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'film-'))
  vi.resetModules() // whether there is an ffmpeg is asked once
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

/** @yields frames from black to red, so that each can be told */
function* frames(count: number) {
  const [width, height] = [65, 49]
  for (let frame = 0; frame < count; frame += 1) {
    const data = new Uint8ClampedArray(width * height * 3)
    for (let at = 0; at < data.length; at += 3) data[at] = (255 * frame) / (count - 1)
    yield { data, width, height, channels: 3 } as const
  }
}
const facts = { frames: 30, fps: 10, width: 65, height: 49, alt: 'It reddens' }
const options = () => ({ folder, baseDir: folder, fps: 10, alt: facts.alt })

test('with ffmpeg, a film is an MP4 that every browser plays, also where sides are odd', async () => {
  const { film } = await import('./film.ts')
  const made = await film(frames(30), options())
  expect(made).toMatchObject({ ...facts, video: { mediaType: 'video/mp4' } })
  const entries = 'stream=codec_name,pix_fmt,width,height,nb_read_frames,r_frame_rate:format=duration'
  const probe = ['-v', 'error', '-count_frames', '-of', 'json', '-show_entries', entries]
  expect(JSON.parse(execFileSync('ffprobe', [...probe, join(folder, made.video.path)]).toString())).toMatchObject({
    streams: [
      { codec_name: 'h264', pix_fmt: 'yuv420p', width: 66, height: 50, nb_read_frames: '30', r_frame_rate: '10/1' },
    ],
    format: { duration: '3.000000' },
  })
  const take = [
    '-v',
    'error',
    '-sseof',
    '-0.1',
    '-i',
    join(folder, made.video.path),
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-',
  ]
  const last = execFileSync('ffmpeg', take)
  // also in the corner: nothing is added at the edges
  for (const at of [0, last.length - 3]) expect(last[at]).toBeGreaterThan(235)
  expect(await colorOf(join(folder, made.poster.path))).toEqual([255, 0, 0])
})

test('without, it is an animated WebP of as many frames', async () => {
  vi.stubEnv('PATH', '')
  const { film } = await import('./film.ts')
  const made = await film(frames(30), options())
  expect(made).toMatchObject({ ...facts, video: { mediaType: 'image/webp' } })
  const { pages, delay, width, pageHeight } = await sharp(join(folder, made.video.path), { animated: true }).metadata()
  expect({ pages, width, pageHeight }).toEqual({ pages: 30, width: 65, pageHeight: 49 })
  expect(new Set(delay)).toEqual(new Set([100]))
})

test('what ffmpeg says against frames is told', async () => {
  const { Mp4 } = await import('./ffmpeg.ts')
  const video = new Mp4(join(folder, 'no/such/folder.mp4'), { width: 2, height: 2, fps: 10 })
  await expect(video.add(Buffer.alloc(12)).then(() => video.close())).rejects.toThrow(
    /ffmpeg could not write the video: .*No such file or directory/,
  )
})

async function colorOf(path: string): Promise<number[]> {
  return [...(await sharp(path).resize(1, 1).raw().toBuffer())].slice(0, 3)
}
