import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inTurn, median, type Bench, type Row } from './measure.ts'
import type { FilmJob, FilmResult } from './film/frames-main.ts'

const FRAMES = 1000

const bench: Bench = {
  title: `A film of ${FRAMES.toLocaleString('en')} frames of 512 × 512 pixels`,
  peer: 'by hand',
  note: `Each in a process of its own, frames made as they are asked for. By hand is what needs no notebook: all frames in memory, then one call, to ffmpeg or to sharp. Memory is what the process has at most beyond what it had before the first frame; ffmpeg's own is not in it. What is wanted is at most 100 MB.`,
  run,
}
export default bench

async function* run(): AsyncIterable<Row> {
  for (const format of ['mp4', 'webp'] as const) {
    const memory: { ours: number[]; peer: number[] } = { ours: [], peer: [] }
    const side = (who: 'ours' | 'peer') => async () => {
      const { seconds, megabytes } = await make({ who, format, frames: FRAMES })
      memory[who].push(megabytes)
      return seconds
    }
    const seconds = await inTurn(side('ours'), side('peer'), { runs: 1, warmUp: 0 })
    const name = format === 'mp4' ? 'MP4' : 'animated WebP'
    yield { name, ...seconds }
    yield { name: `${name}, memory`, ours: median(memory.ours), peer: median(memory.peer), unit: 'MB', goal: 0.2 }
  }
}

/** {@link file://./film/frames-main.ts} */
async function make(job: FilmJob): Promise<FilmResult> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-film-'))
  try {
    const env = { ...process.env, ...(job.who === 'ours' && job.format === 'webp' && { PATH: '' }) }
    const child = fork(join(import.meta.dirname, 'film/frames-main.ts'), [folder], { env })
    child.send(job)
    const [result] = (await once(child, 'message')) as [FilmResult]
    await once(child, 'exit')
    return result
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
