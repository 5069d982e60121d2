import { Ec2Error } from '../errors.ts'
import type { TaskChannel } from './remote-pool.ts'
import type { Travelling } from './to-call.ts'

/** A task from its call to its answer. */
export interface Task {
  /** an export of a module, or a function of its own */
  fn: { module: string; name: string } | Travelling
  args: unknown[]
  /** what it loads */
  packages: readonly string[]
  signal: AbortSignal | undefined
  channel: TaskChannel | undefined
  /** hosts that were lost under it */
  lost: number
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

/** Tasks that wait for a worker, first come first served. */
export class TaskQueue {
  readonly #limit: number
  #tasks: Task[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#tasks.length
  }

  /** @throws Ec2Error `EC2_FUNCTION` when too many wait */
  push(task: Task): void {
    if (this.#tasks.length >= this.#limit) {
      throw new Ec2Error('EC2_FUNCTION', `The task queue is at its limit: ${this.#limit} wait`, {
        fix: 'Await some of them first, or raise `maxQueue`.',
      })
    }
    this.#tasks.push(task)
    task.signal?.addEventListener('abort', () => this.#drop(task), { once: true })
  }

  /** A task whose host was lost has waited already. */
  putBack(task: Task): void {
    this.#tasks.unshift(task)
  }

  shift(): Task | undefined {
    return this.#tasks.shift()
  }

  rejectAll(error: unknown): void {
    for (const { reject } of this.#tasks.splice(0)) reject(error)
  }

  #drop(task: Task): void {
    const index = this.#tasks.indexOf(task)
    if (index === -1) return
    this.#tasks.splice(index, 1)
    task.reject(aborted())
  }
}

/** As `AbortSignal`'s users, and Tinypool's, expect it. */
export function aborted(): Error {
  return new DOMException('The task has been aborted', 'AbortError')
}
