import type { Readable, Writable } from 'node:stream'
import type { Copied, CopyOptions } from '../transfer/copy.ts'

/**
 * A machine to run things on: launched, owned, or this one. Commands, files and ports are the machine's own; functions
 * run in a view of their own, in which the workspace lies at the same path as here.
 */
export interface Host extends AsyncDisposable {
  /** `i-0abc…`, `user@host`, `this machine` */
  readonly id: string
  /** `g4dn.xlarge spot us-east-1b`, for people */
  readonly description: string
  /**
   * Runs a program with arguments; no shell reads them. For one: `exec('sh', ['-c', 'ls | wc -l'])`.
   * @throws Ec2Error `EC2_FUNCTION` with `data.code`, `data.signal`, `data.stdout` and `data.stderr` when it does not end well
   */
  exec(command: string, args?: readonly string[], options?: ExecOptions): Promise<{ stdout: string; stderr: string }>
  /**
   * Copies a file or folder to the host, to exactly that path; a relative one is below the user's home. What lies in the
   * folder already stays. Everything is verified before anything is moved to its place; called again after a failure, it
   * goes on where it was.
   */
  put(from: string, to: string, options?: CopyOptions): Promise<Copied>
  /** Copies a file or folder from the host, with the same promises. */
  get(from: string, to: string, options?: CopyOptions): Promise<Copied>
  /** Makes a TCP port of the host one of this machine's loopback: the same number where it is free. */
  forward(port: number, options?: ForwardOptions): Promise<Forward>
  /** Starts an interactive shell on the given streams, by default this terminal. @returns its exit code */
  shell(options?: ShellOptions): Promise<number>
  /**
   * Calls a function on the host. What it captures travels when our plugin has transformed its file (in Vitest, or any
   * Vite server); otherwise it must capture nothing. Arguments, captures and results are structured clones; an
   * `AbortSignal` among the arguments aborts over there as it does here. What it writes below the workspace is here
   * when the call returns.
   * @throws what the function threw, with its stack there; Ec2Error `EC2_FUNCTION` when it cannot travel, `EC2_HOST_LOST`
   */
  run<A extends unknown[], T>(fn: (...args: A) => T, ...args: A): Promise<Awaited<T>>
  /** Ends a launched host; leaves an owned one as it was. Idempotent. */
  close(): Promise<void>
}

export interface ExecOptions {
  /** defaults to the user's home */
  cwd?: string
  /** set besides what the host has */
  env?: Readonly<Record<string, string>>
  input?: string | Uint8Array | Readable
  signal?: AbortSignal
  /** as it comes; it is collected all the same */
  onStdout?: (chunk: Uint8Array) => void
  onStderr?: (chunk: Uint8Array) => void
}

export interface ForwardOptions {
  /** the port here; defaults to the host's number, or any when that is taken */
  port?: number
  /** as seen from the host; defaults to `127.0.0.1` */
  host?: string
}

export interface Forward extends AsyncDisposable {
  /** the port here */
  readonly port: number
  /** `http://127.0.0.1:6006` */
  readonly url: string
  close(): Promise<void>
}

export interface ShellOptions {
  /** defaults to the user's login shell */
  command?: string
  /** defaults to this process's own streams */
  stdin?: Readable
  stdout?: Writable
  signal?: AbortSignal
}
