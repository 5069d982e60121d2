import { closeSync, openSync, readSync } from 'node:fs'
import type { Platform } from './host-platform.ts'

/** `e_machine` of ELF files. */
const MACHINES: Record<string, number> = { x64: 62, arm64: 183 }
const ELF = '\x7FELF'
/** Of macOS, for one machine or for several, and of Windows. */
const OTHERS = /^(\xCF\xFA\xED\xFE|\xCA\xFE\xBA\xBE|MZ)/
const HEADER_BYTES = 20

/** True for a compiled add-on (`.node`) that a Linux host of a platform cannot load, by its first bytes. */
export function isForeignAddon(file: string, { cpu }: Platform): boolean {
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
