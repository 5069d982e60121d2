import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import type { TestProject } from 'vitest/node'
import type { NamedFile } from '../agent/entry-vitest-messages.ts'
import { confine } from './confine.ts'

/** What a worker on a host may read and write of this disk: snapshots below the project, and coverage. */
export class ClientDisk {
  readonly #project: TestProject
  #attachments: Promise<string> | undefined

  constructor(project: TestProject) {
    this.#project = project
  }

  async readSnapshot(path: string): Promise<string | null> {
    await confine(this.#project.config.root, path)
    return await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
  }

  async saveSnapshot(path: string, content: string | null): Promise<void> {
    await confine(this.#project.config.root, path)
    if (content === null) return await rm(path, { force: true })
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  }

  async saveCoverage({ path, content }: NamedFile): Promise<void> {
    const { reportsDirectory } = this.#project.vitest.config.coverage
    await mkdir(dirname(path), { recursive: true })
    await writeFile(await confine(reportsDirectory, path), content)
  }

  /** Keeps an attached file where Vitest can copy it from: at its own place in the project, else under its own name. */
  async keepAttachment({ path, content }: NamedFile): Promise<string> {
    const own = await confine(this.#project.config.root, resolve(path)).catch(() => undefined)
    if (own !== undefined) {
      const known = await readFile(own).catch(() => undefined)
      if (!known?.equals(content)) {
        await mkdir(dirname(own), { recursive: true })
        await writeFile(own, content)
      }
      return path
    }
    this.#attachments ??= mkdtemp(join(tmpdir(), 'vitest-ec2-'))
    const folder = await mkdtemp(join(await this.#attachments, 'attachment-'))
    const kept = join(folder, basename(path))
    await writeFile(kept, content)
    return kept
  }

  async close(): Promise<void> {
    const folder = await this.#attachments?.catch(() => undefined)
    if (folder) await rm(folder, { recursive: true, force: true })
  }
}
