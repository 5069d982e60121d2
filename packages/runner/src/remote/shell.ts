import type { Readable, Writable } from 'node:stream'
import type { Connection } from '../host/connection.ts'
import type { ShellOptions } from './host.ts'

const LOGIN_SHELL = 'exec "${SHELL:-/bin/sh}" -l'

type Terminal = Readable & { isTTY?: boolean; isRaw?: boolean; setRawMode?: (isRaw: boolean) => unknown }
type Screen = Writable & { isTTY?: boolean; rows?: number; columns?: number }

/** A terminal there with this one's keys, screen and size. Without a terminal here: plain streams. @returns exit code */
export async function openShell(connection: Connection, options: ShellOptions = {}): Promise<number> {
  const { command = LOGIN_SHELL, signal } = options
  const stdin: Terminal = options.stdin ?? process.stdin
  const stdout: Screen = options.stdout ?? process.stdout
  const size = () => ({ rows: stdout.rows ?? 24, columns: stdout.columns ?? 80 })
  const hasScreen = stdout.isTTY === true || stdout.rows !== undefined
  const shell = await connection.spawn(command, {
    ...(signal && { signal }),
    ...(hasScreen && { pty: { ...size(), term: process.env['TERM'] ?? 'xterm-256color' } }),
  })
  const onResize = () => shell.resize(size())
  const wasRaw = stdin.isRaw
  stdout.on('resize', onResize)
  // Every key belongs to the shell there, Ctrl-C and Ctrl-D too.
  if (hasScreen && stdin.isTTY) stdin.setRawMode?.(true)
  const onInput = (chunk: Buffer) => void (shell.stdin.writable && shell.stdin.write(chunk))
  const onInputEnd = () => void shell.stdin.end()
  stdin.on('data', onInput).once('end', onInputEnd)
  stdin.resume()
  shell.stdin.on('error', () => {}) // gone: `exited` tells
  shell.stdout.on('data', (chunk: Buffer) => stdout.write(chunk))
  shell.stderr.on('data', (chunk: Buffer) => (options.stdout ?? process.stderr).write(chunk))
  try {
    const { code, signal: by } = await shell.exited
    signal?.throwIfAborted()
    return code ?? (by === null ? 1 : 128)
  } finally {
    stdout.off('resize', onResize)
    stdin.off('data', onInput).off('end', onInputEnd)
    if (hasScreen && stdin.isTTY) stdin.setRawMode?.(wasRaw ?? false)
    stdin.pause()
  }
}
