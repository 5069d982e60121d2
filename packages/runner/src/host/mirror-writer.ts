import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Ec2Error } from '../errors.ts'
import type { MirrorEvent } from '../wire/protocol.ts'
import { confine } from './confine.ts'

/** No mirrored file is larger: a host must not fill the disk here unseen. */
const MAX_BYTES = 64 * 2 ** 30

/** Keeps one folder here equal to the host's, event by event. Nothing outside of it is ever touched. */
export interface MirrorWriter {
  /** @throws Ec2Error `EC2_PROTOCOL` for an event no honest host would send */
  write(event: MirrorEvent): Promise<void>
  close(): Promise<void>
}

export function createMirrorWriter(folder: string): MirrorWriter {
  /** files that began anew and are not whole yet: shown under their name when they are */
  const parts = new Map<string, string>()
  return {
    async write(event) {
      const file = await confine(folder, event.path)
      if (event.kind === 'delete') return await remove(event.path, file)
      check(event)
      const end = event.offset + event.data.length
      if (event.truncate) await dropPart(event.path)
      const isPart = parts.has(event.path) || (event.truncate && end < event.size)
      if (!isPart && event.truncate) return await replace(file, event.data)
      if (isPart && !parts.has(event.path)) parts.set(event.path, partOf(file))
      const target = parts.get(event.path) ?? file
      const handle = await openPlain(target, event.truncate)
      try {
        await handle.write(event.data, 0, event.data.length, event.offset)
      } finally {
        await handle.close()
      }
      if (isPart && end >= event.size) {
        parts.delete(event.path)
        await rename(target, file)
      }
    },
    async close() {
      for (const path of parts.keys()) await dropPart(path)
    },
  }

  async function remove(path: string, file: string): Promise<void> {
    await dropPart(path)
    if ((await lstat(file).catch(() => undefined))?.isDirectory() !== true) await rm(file, { force: true })
  }

  async function dropPart(path: string): Promise<void> {
    const part = parts.get(path)
    parts.delete(path)
    if (part !== undefined) await rm(part, { force: true })
  }
}

function check({ path, offset, data, size }: MirrorEvent & { kind: 'data' }): void {
  const isSane =
    Number.isSafeInteger(offset) && offset >= 0 && data instanceof Uint8Array && offset + data.length <= MAX_BYTES
  if (!isSane || !Number.isSafeInteger(size)) {
    throw new Ec2Error('EC2_PROTOCOL', `A host tells nonsense of the growth of \`${path.slice(0, 200)}\``)
  }
}

/** At once, so that nobody who watches sees half of it. */
async function replace(file: string, data: Uint8Array): Promise<void> {
  const part = partOf(file)
  const handle = await openPlain(part, true)
  try {
    await handle.write(data)
  } finally {
    await handle.close()
  }
  await rename(part, file)
}

/** Never through a link that somebody put in the place of a file. */
async function openPlain(file: string, isNew: boolean): Promise<FileHandle> {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants
  return await open(file, O_WRONLY | O_NOFOLLOW | (isNew ? O_CREAT | O_EXCL : 0), 0o644)
}

function partOf(file: string): string {
  return join(dirname(file), `.${randomUUID()}.part`)
}
