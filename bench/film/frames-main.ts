import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import sharp from 'sharp'
import { film } from '../../packages/reporter/src/notebook/video/film.ts'
import { pattern } from '../../packages/reporter/test/pattern.ts'
import { peakOf } from '../memory.ts'

/** The process of {@link file://../film.bench.ts}: makes one film, and says what it took. */
export interface FilmJob {
  who: 'ours' | 'peer'
  format: 'mp4' | 'webp'
  frames: number
}

export interface FilmResult {
  seconds: number
  /** at most, beyond what the process had before */
  megabytes: number
}

const SIDE = 512
const raw = { width: SIDE, height: SIDE, channels: 3 } as const
const [folder = ''] = process.argv.slice(2)

process.once('message', (job: FilmJob) => {
  void make(job).then((result) => process.send!(result, () => process.disconnect()))
})

async function make(job: FilmJob): Promise<FilmResult> {
  // drawn once: drawing is not what is measured
  const frame = pattern(SIDE, SIDE, 3, 1)
  await sharp(frame, { raw }).webp().toBuffer()
  const before = await peakOf(process.pid)
  const start = performance.now()
  await (job.who === 'ours'
    ? film(frames(frame, job.frames), { folder, baseDir: folder, fps: 24, alt: 'A film' })
    : byHand(frame, job))
  const seconds = (performance.now() - start) / 1000
  return { seconds, megabytes: (await peakOf(process.pid)) - before }
}

/** @yields frames, each other than the one before */
function* frames(first: Uint8Array, count: number) {
  for (let index = 0; index < count; index += 1) {
    const data = new Uint8Array(first)
    data.fill(index % 256, 0, SIDE * 30)
    yield { data, ...raw }
  }
}

async function byHand(first: Uint8Array, { format, frames: count }: FilmJob): Promise<void> {
  const all = Buffer.concat([...frames(first, count)].map(({ data }) => data))
  if (format === 'mp4') {
    const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${SIDE}x${SIDE}`, '-r', '24', '-i', '-']
    const output = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-crf', '20', '-movflags', '+faststart']
    execFileSync('ffmpeg', ['-v', 'error', '-y', ...input, ...output, join(folder, 'film.mp4')], { input: all })
  } else {
    const animation = { width: SIDE, height: SIDE * count, channels: 3, pageHeight: SIDE } as const
    await sharp(all, { raw: animation, limitInputPixels: false })
      .webp({ quality: 80, delay: Array.from({ length: count }, () => 42) })
      .toFile(join(folder, 'film.webp'))
  }
}
