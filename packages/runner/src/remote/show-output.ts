import type { Readable } from 'node:stream'

/** What a worker prints appears here, as it comes. */
export function showOutput({ stdout, stderr }: { stdout: Readable; stderr: Readable }): void {
  stdout.on('data', (chunk: Buffer) => process.stdout.write(chunk))
  stderr.on('data', (chunk: Buffer) => process.stderr.write(chunk))
}
