import type { Duplex, Readable, Writable } from 'node:stream'
import type { CloseReason } from '../wire/close-reason.ts'

export type { CloseReason }

/**
 * A way to one machine: SSH to another one (`ssh/`), child processes on this one (`local/`). It carries bytes and runs
 * commands; what the bytes mean is `host/`'s business. No type of an SSH library appears here or above.
 */
export interface Connection {
  /** for messages: `ubuntu@198.51.100.4`, `this machine` */
  readonly name: string
  /**
   * Runs a shell command line and collects what it prints.
   * @throws Ec2Error `EC2_FUNCTION` with `data.code`, `data.stderr` when it exits with another status than 0
   */
  exec(command: string, options?: ExecOptions): Promise<ExecResult>
  /** Starts a shell command line whose input and output are streams. */
  spawn(command: string, options?: { signal?: AbortSignal; pty?: Pty }): Promise<RemoteProcess>
  /**
   * Opens a stream to a unix socket on the machine. `bulk` streams never hold up others, and what is `apart` takes no time
   * of this thread, where that can be. `attach`: a shell command line
   * that joins its input and output to that socket, for machines that forbid forwarding.
   */
  openSocket(path: string, options?: { bulk?: boolean; apart?: boolean; attach?: string }): Promise<Duplex>
  /** Opens a stream to a TCP port as seen from the machine. */
  openPort(host: string, port: number): Promise<Duplex>
  /** Resolves, never rejects, when the connection is gone: with the reason. */
  readonly closed: Promise<CloseReason>
  close(): Promise<void>
}

export interface ExecOptions {
  input?: string | Uint8Array | Readable
  signal?: AbortSignal
  onStdout?: (chunk: Uint8Array) => void
  onStderr?: (chunk: Uint8Array) => void
}
export interface ExecResult {
  stdout: string
  stderr: string
}
export interface Pty {
  rows: number
  columns: number
  term: string
}
export interface RemoteProcess {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  readonly exited: Promise<{ code: number | null; signal: string | null }>
  resize(size: { rows: number; columns: number }): void
  kill(signal: NodeJS.Signals): void
}

/** How to reach a machine over SSH. */
export interface HostAddress {
  host: string
  port: number
  user: string
  /** OpenSSH private key text, or nothing to use the agent and the keys `~/.ssh/config` names */
  privateKey?: string
  /** lines as in known_hosts without the name (`ssh-ed25519 AAAA…`): the only keys accepted. Nothing: known_hosts decides */
  hostKeys?: string[]
  /** an alias of `~/.ssh/config` whose settings (jump hosts, proxies, keys) apply */
  alias?: string
}
