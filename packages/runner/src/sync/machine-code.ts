import { closeSync, openSync, readSync } from 'node:fs'
import { posix } from 'node:path'
import type { Platform } from './host-platform.ts'
import type { Look } from './source.ts'

/** `e_machine` of ELF files. */
const MACHINES: Record<string, number> = { x64: 62, arm64: 183 }
const ELF = '\x7FELF'
/** Of macOS, for one machine or for several, and of Windows. */
const OTHERS = /^(\xCF\xFA\xED\xFE|\xCA\xFE\xBA\xBE|MZ)/
const HEADER_BYTES = 20
/** A compiled program is larger (bytes) than most scripts. */
const PROGRAM_BYTES = 16 << 10

/** True for a compiled add-on, by its name. */
export function isAddon(path: string): boolean {
  return path.endsWith('.node')
}

/** True for what may be a compiled program, by its name and look. */
export function mayBeProgram(path: string, { mode, size }: Look): boolean {
  return posix.extname(path) === '' && (mode & 0o111) !== 0 && size >= PROGRAM_BYTES
}

/** True for compiled code that a Linux host of a platform cannot run, by its first bytes. */
export function isForeignCode(file: string, { cpu }: Platform): boolean {
  const header = Buffer.alloc(HEADER_BYTES)
  const descriptor = openSync(file, 'r')
  try {
    readSync(descriptor, header, 0, HEADER_BYTES, 0)
  } finally {
    closeSync(descriptor)
  }
  const magic = header.toString('latin1', 0, 4)
  const machine = MACHINES[cpu]
  return magic === ELF ? machine !== undefined && header.readUInt16LE(18) !== machine : OTHERS.test(magic)
}
