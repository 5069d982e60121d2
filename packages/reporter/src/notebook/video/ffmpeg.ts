import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { NotebookError } from '../../errors.ts'

let found: Promise<boolean> | undefined

/** Whether an `ffmpeg` on the path can write H.264, which is what every browser plays. */
export function hasFfmpeg(): Promise<boolean> {
  found ??= promisify(execFile)('ffmpeg', [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    'color=size=16x16:duration=0.1',
    '-c:v',
    'libx264',
    '-f',
    'null',
    '-',
  ]).then(
    () => true,
    () => false,
  )
  return found
}

/** Pipes raw RGB frames to ffmpeg, as fast as it takes them. */
export class Mp4 {
  #child: ReturnType<typeof spawn>
  #ended: Promise<void>
  #errors = ''

  /** @param path of the file to write; odd sides are stretched by a pixel, since H.264 wants even ones */
  constructor(path: string, { width, height, fps }: { width: number; height: number; fps: number }) {
    const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-r', String(fps), '-i', '-']
    const even = ['-vf', 'scale=ceil(iw/2)*2:ceil(ih/2)*2']
    const output = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-crf', '20', '-movflags', '+faststart', '-f', 'mp4']
    this.#child = spawn('ffmpeg', ['-v', 'error', '-y', ...input, ...even, ...output, path], {
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    this.#child.stderr?.on('data', (data: Buffer) => (this.#errors += data.toString()))
    this.#child.stdin?.on('error', () => {}) // its end says why
    this.#ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject)
      this.#child.on('close', (code) => {
        if (code === 0) return resolve()
        reject(
          new NotebookError(
            'NOTEBOOK_WRITE',
            `ffmpeg could not write the video: ${this.#errors.trim() || `exit ${code}`}.`,
          ),
        )
      })
    })
    this.#ended.catch(() => {})
  }

  async add(frame: Buffer): Promise<void> {
    const { stdin } = this.#child
    if (!stdin || stdin.destroyed) return await this.#ended
    if (!stdin.write(frame)) await Promise.race([once(stdin, 'drain'), this.#ended])
  }

  async close(): Promise<void> {
    this.#child.stdin?.end()
    await this.#ended
  }
}
