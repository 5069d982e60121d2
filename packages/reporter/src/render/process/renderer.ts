import { fork, type ChildProcess } from 'node:child_process'
import { extname, join } from 'node:path'
import { NotebookError, type NotebookErrorCode } from '../../errors.ts'
import type { NotebookFiles, NotebookRenderOptions } from '../notebook.ts'

export interface RenderRequest {
  id: number
  folder: string
  options: NotebookRenderOptions
}
export type RenderResponse = { id: number } & ({ done: NotebookFiles } | { code: NotebookErrorCode; message: string })

/** {@link file://./main.ts} */
const MAIN = join(import.meta.dirname, `main${extname(import.meta.filename)}`)
/** Rendering makes much that lives for moments. V8 would hold 48 MB and more of it; a scavenge now and then costs little. */
const FLAGS = ['--max-semi-space-size=4']
/** Each thread that decodes pictures would get a heap of its own from glibc, which it keeps: 100 MB for 300 pictures. */
const ENVIRONMENT = { MALLOC_ARENA_MAX: '1' }
/** How long the process waits for another notebook (ms). */
const IDLE_MS = 5000
const MAX_WORDS = 4000

/**
 * Renders notebooks as `renderNotebook` does, in a process of its own: neither the time nor the memory is that of the run. The
 * process starts with the first notebook and ends by itself when there is none for a while, or when this process is gone.
 */
export class Renderer {
  #child: Child | undefined
  #idle: NodeJS.Timeout | undefined
  #count = 0

  /**
   * @param folder with `journal.jsonl` in it
   * @throws NotebookError `NOTEBOOK_READ` when there is no readable journal, `NOTEBOOK_RENDER` when the process ended first
   */
  async render(folder: string, options: NotebookRenderOptions): Promise<NotebookFiles> {
    clearTimeout(this.#idle)
    const child = (this.#child ??= this.#start())
    const request: RenderRequest = { id: (this.#count += 1), folder, options }
    try {
      return await child.render(request)
    } finally {
      if (!child.isBusy) this.#idle = setTimeout(() => this.close(), IDLE_MS).unref()
    }
  }

  /** of the process, while there is one */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Ends the process, whatever it is at. */
  close(): void {
    clearTimeout(this.#idle)
    this.#child?.end()
    this.#child = undefined
  }

  #start(): Child {
    const child = new Child(() => {
      if (this.#child === child) this.#child = undefined
    })
    return child
  }
}

/** What keeps this process from ending. */
interface Holder {
  ref(): void
  unref(): void
}

/** One process, and what it was asked. */
class Child {
  #process: ChildProcess
  #waiting = new Map<number, PromiseWithResolvers<NotebookFiles>>()
  #words = ''

  constructor(onEnd: () => void) {
    const child = fork(MAIN, [], {
      execArgv: FLAGS,
      env: { ...process.env, ...ENVIRONMENT },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#process = child
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#words = (this.#words + text).slice(-MAX_WORDS)
    })
    child.on('message', (response: RenderResponse) => this.#settle(response))
    const fail = (how: string, cause?: Error) => {
      onEnd()
      for (const { reject } of this.#waiting.values()) reject(this.#ended(how, cause))
      this.#waiting.clear()
    }
    child.once('error', (error) => fail(error.message, error))
    child.once('close', (code, signal) => fail(signal ?? `exit code ${code}`))
    this.#hold()
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  get isBusy(): boolean {
    return this.#waiting.size > 0
  }

  async render(request: RenderRequest): Promise<NotebookFiles> {
    const answer = Promise.withResolvers<NotebookFiles>()
    this.#waiting.set(request.id, answer)
    this.#hold()
    this.#process.send(request, () => {}) // a process that is gone says so by `close`
    return await answer.promise
  }

  end(): void {
    if (this.#process.connected) this.#process.disconnect()
  }

  #settle(response: RenderResponse): void {
    const answer = this.#waiting.get(response.id)
    this.#waiting.delete(response.id)
    if ('done' in response) answer?.resolve(response.done)
    else answer?.reject(new NotebookError(response.code, response.message))
    this.#hold()
  }

  /** This process waits for the other one only while there is an answer to come. */
  #hold(): void {
    const { channel, stderr } = this.#process
    for (const part of [this.#process, channel, stderr] as unknown as (Holder | null | undefined)[]) {
      if (this.isBusy) part?.ref()
      else part?.unref()
    }
  }

  #ended(how: string, cause: Error | undefined): NotebookError {
    const words = this.#words.trim()
    return new NotebookError(
      'NOTEBOOK_RENDER',
      `The process that renders ended (${how}) before it was done${words === '' ? '' : `: ${words}`}. ` +
        'The journal is whole: `npx vitest-notebook render FOLDER` tries again.',
      { cause },
    )
  }
}
