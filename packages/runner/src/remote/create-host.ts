import { Ec2Error } from '../errors.ts'
import type { Copied, CopyOptions } from '../transfer/copy.ts'
import { toProgramLine } from './command-line.ts'
import { forward } from './forward.ts'
import type { Host } from './host.ts'
import type { Line } from './line.ts'
import { openShell } from './shell.ts'

export interface HostParts {
  id: string
  description: string
  line: Line
  functions: Functions
  put: (from: string, to: string, options?: CopyOptions) => Promise<Copied>
  get: (from: string, to: string, options?: CopyOptions) => Promise<Copied>
  /** called once, after everything on the host was closed */
  leave: () => Promise<void>
}

/** What runs functions on a host. */
export interface Functions {
  run(fn: (...args: never[]) => unknown, args: readonly unknown[]): Promise<unknown>
  close(): Promise<void>
}

/** A host of its parts. */
export function createHost({ id, description, line, functions, put, get, leave }: HostParts): Host {
  let closing: Promise<void> | undefined
  const check = (): void => {
    if (closing) throw new Ec2Error('EC2_ABORTED', `The host ${id} was closed`)
  }
  const host: Host = {
    id,
    description,
    async exec(command, args = [], { cwd, env, ...options } = {}) {
      check()
      return await (await line.get()).exec(toProgramLine(command, args, { cwd, env }), options)
    },
    async put(from, to, options) {
      check()
      return await put(from, to, options)
    },
    async get(from, to, options) {
      check()
      return await get(from, to, options)
    },
    async forward(port, options) {
      check()
      return await forward(line, port, options)
    },
    async shell(options) {
      check()
      return await openShell(await line.get(), options)
    },
    async run(fn, ...args) {
      check()
      return (await functions.run(fn, args)) as never
    },
    async close() {
      closing ??= close()
      await closing
    },
    [Symbol.asyncDispose]: () => host.close(),
  }
  return host

  async function close(): Promise<void> {
    try {
      await functions.close()
      await line.close()
    } finally {
      await leave()
    }
  }
}
