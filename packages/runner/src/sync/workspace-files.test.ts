import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findWorkspaceFiles, listWorkspace, type WorkspaceFilesOptions } from './workspace-files.ts'

const FILES = {
  '.gitignore': 'ignored/\n*.log\n',
  'src/a.ts': 'a',
  'src/b.log': 'b',
  'ignored/c.txt': 'c',
  'reports/old.html': 'old',
  '.env': 'SECRET=1',
  '.env.local': 'SECRET=2',
  '.npmrc': '//registry/:_authToken=3',
  'keys/id_ed25519': 'key',
  'node_modules/x/index.js': 'x',
}

function makeWorkspace(): string {
  const root = mkdtempSync(join(tmpdir(), 'workspace-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

async function list(root: string, options: Partial<WorkspaceFilesOptions> = {}): Promise<string[]> {
  const all = { include: [], exclude: [], outputs: ['reports'], maxBytes: 1e9, ...options }
  return (await find({ root, ...all })).sources.map(({ path }) => path).toSorted()
}

async function find(options: WorkspaceFilesOptions) {
  return findWorkspaceFiles(await listWorkspace(options), options)
}

describe.each(['with git', 'without git'])('the files of a workspace %s', (how) => {
  const make = () => {
    const root = makeWorkspace()
    if (how === 'with git') execFileSync('git', ['init', '-q'], { cwd: root })
    return root
  }

  it('are those that are not ignored, no outputs, no packages and no secrets', async () => {
    expect(await list(make())).toEqual(['.gitignore', 'src/a.ts'])
  })

  it('are more by `include` and fewer by `exclude`, and never secrets', async () => {
    const root = make()
    expect(await list(root, { include: ['ignored/**', '.env*', 'keys/**'] })).toEqual([
      '.gitignore',
      'ignored/c.txt',
      'src/a.ts',
    ])
    expect(await list(root, { exclude: ['src/'] })).toEqual(['.gitignore'])
  })

  it('are named by size when they are too many', async () => {
    const root = make()
    for (let i = 10; i < 22; i += 1) writeFileSync(join(root, `big${i}.bin`), Buffer.alloc(i * 1000))
    const error = (await list(root, { maxBytes: 50_000 }).catch((reason: unknown) => reason)) as Error
    expect(error).toMatchObject({ code: 'EC2_SYNC', fix: expect.stringContaining('sync.maxSize') })
    const named = error.message.match(/big\d+\.bin/g)
    expect(named).toEqual(Array.from({ length: 10 }, (_, i) => `big${21 - i}.bin`))
  })

  it('keep links that stay inside, and tell of those that do not', async () => {
    const root = make()
    symlinkSync('a.ts', join(root, 'src/link.ts'))
    symlinkSync('/etc/hostname', join(root, 'src/out.ts'))
    const options = { root, include: [], exclude: [], outputs: [], maxBytes: 1e9 }
    const { sources, notices } = await find(options)
    expect(sources).toContainEqual({ path: 'src/link.ts', link: 'a.ts' })
    expect(notices).toEqual([`src/out.ts is a link that leads out of ${root}, and does not travel`])
  })
})
