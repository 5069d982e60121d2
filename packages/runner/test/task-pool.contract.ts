import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** As much of Tinypool's interface as all pools have. */
export interface TaskPool {
  run(task: unknown, options?: object): Promise<unknown>
  readonly queueSize: number
  readonly completed: number
  cancelPendingTasks(): void
  destroy(): Promise<void>
}

export const TASKS: string = join(import.meta.dirname, 'tasks.mjs')

/** What everybody who takes one pool for another counts on. `open`: a pool of `TASKS` with two workers. */
export function definePoolContract(name: string, open: () => TaskPool): void {
  describe(`the contract of pools: ${name}`, { timeout: 60_000 }, () => {
    let pool: TaskPool
    beforeAll(() => {
      pool = open()
    })
    afterAll(async () => await pool.destroy())

    it('calls the default export, or the one that is named', async () => {
      expect(await pool.run(21)).toBe(42)
      expect(await pool.run('a', { name: 'echo' })).toBe('a')
    })

    it('knows nothing from null', async () => {
      expect([await pool.run(1, { name: 'nothing' }), await pool.run(1, { name: 'none' })]).toEqual([undefined, null])
    })

    it('clones what goes and comes', async () => {
      const value = { at: new Date(0), map: new Map([[1, new Set([2n])]]), bytes: new Uint8Array([1, 2]) }
      expect(await pool.run(value, { name: 'echo' })).toEqual(value)
    })

    it('runs tasks side by side on its workers, and keeps the workers', async () => {
      await Promise.all([pool.run(300, { name: 'wait' }), pool.run(300, { name: 'wait' })])
      const places = new Set<unknown>()
      for (let index = 0; index < 6; index += 1) places.add(await pool.run(0, { name: 'place' }))
      expect(places.size).toBeLessThanOrEqual(2)
    })

    it('throws what the task throws, and goes on', async () => {
      const failing = pool.run({ message: 'too far', code: 'E_FAR' }, { name: 'fail' })
      await expect(failing).rejects.toMatchObject({ name: 'RangeError', message: 'too far' })
      expect(await pool.run(1)).toBe(2)
    })

    it('ends a task that is aborted while it runs or waits, and goes on', async () => {
      const [running, waiting] = [new AbortController(), new AbortController()]
      const tasks = [
        pool.run(60_000, { name: 'wait', signal: running.signal }),
        pool.run(1000, { name: 'wait' }),
        pool.run(60_000, { name: 'wait', signal: waiting.signal }),
      ]
      for (const task of tasks) task.catch(() => {})
      expect(pool.queueSize).toBeGreaterThanOrEqual(1)
      waiting.abort()
      await expect(tasks[2]).rejects.toMatchObject({ name: 'AbortError' })
      running.abort()
      await expect(tasks[0]).rejects.toMatchObject({ name: 'AbortError' })
      await tasks[1]
      const aborted = AbortSignal.abort()
      await expect(pool.run(1, { signal: aborted })).rejects.toMatchObject({ name: 'AbortError' })
      expect(await pool.run(1)).toBe(2)
    })

    it('cancels what waits', async () => {
      const tasks = Array.from({ length: 4 }, () => pool.run(500, { name: 'wait' }))
      const ended = Promise.allSettled(tasks)
      pool.cancelPendingTasks()
      const outcomes = (await ended).map(({ status }) => status)
      expect(outcomes).toContain('rejected')
      expect(await pool.run(1)).toBe(2)
    })

    it('survives a task that ends its process', async () => {
      await expect(pool.run(1, { name: 'die' })).rejects.toThrow(/exited|worker/i)
      expect(await pool.run(1)).toBe(2)
    })

    it('carries messages between a task and its caller', async () => {
      const heard: unknown[] = []
      let say: ((message: unknown) => void) | undefined
      const channel = {
        onMessage: (callback: (message: unknown) => void) => void (say = callback),
        postMessage: (message: unknown) => {
          if (typeof message !== 'string') return // Tinypool's own
          heard.push(message)
          say?.('hello caller')
        },
      }
      expect(await pool.run('task', { name: 'talk', channel, runtime: 'child_process' })).toBe('hello caller')
      expect(heard).toEqual(['hello task'])
    })

    it('counts what has ended', async () => {
      const before = pool.completed
      await pool.run(1)
      expect(pool.completed).toBe(before + 1)
    })

    it('refuses what it does not have', async () => {
      await expect(pool.run(1, { name: 'frobnicate' })).rejects.toThrow(/frobnicate|function|export/i)
    })
  })
}
