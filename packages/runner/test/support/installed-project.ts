import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll } from 'vitest'

export const run = promisify(execFile)

/** Makes folders that go when the tests of the file are over. */
export function createFolders(): (name: string) => string {
  const folders: string[] = []
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))
  return (name) => {
    const folder = mkdtempSync(join(tmpdir(), name))
    folders.push(folder)
    return folder
  }
}

/** Runs `main.js` of a project as it is installed. Returns what it prints. */
export async function start(root: string): Promise<unknown> {
  const { stdout } = await run(process.execPath, ['main.js'], { cwd: root })
  return JSON.parse(stdout)
}
