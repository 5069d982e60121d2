import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findProvenance, toWebPage } from './provenance.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'provenance-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function git(...args: string[]): string {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com']
  return execFileSync('git', [...identity, ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

describe('where a result is from', () => {
  it('is a commit, its branch and repository, what was changed since, and the lockfile', async () => {
    mkdirSync(join(root, 'art'))
    writeFileSync(join(root, 'art/dream.ts'), 'old\n')
    writeFileSync(join(root, 'package-lock.json'), '{}')
    git('init', '-b', 'main')
    git('remote', 'add', 'origin', 'https://token@github.com/ada/art.git')
    git('add', '.')
    git('commit', '-m', 'One')
    const clean = await findProvenance(join(root, 'art'))
    expect(clean.diff).toBeUndefined()
    expect(clean.provenance).toMatchObject({
      commit: git('rev-parse', 'HEAD').trim(),
      branch: 'main',
      repository: 'https://github.com/ada/art',
      dirty: false,
      lockfile: { sha256: createHash('sha256').update('{}').digest('hex') },
    })
    writeFileSync(join(root, 'art/dream.ts'), 'new\n')
    const changed = await findProvenance(join(root, 'art'))
    expect(changed.provenance.dirty).toBe(true)
    expect(changed.diff).toMatch(/-old\n\+new/)
    expect(JSON.stringify(changed)).not.toContain('token')
  })

  it('is what a pool says of it, on a machine without the repository', async () => {
    const source = { top: root, commit: 'c0ffee', branch: 'main', remote: 'git@github.com:ada/art.git', dirty: true }
    const found = await findProvenance(root, { VITEST_EC2_SOURCE: JSON.stringify(source) })
    expect(found).toEqual({
      sourceRoot: root,
      diff: undefined,
      provenance: { commit: 'c0ffee', branch: 'main', repository: 'https://github.com/ada/art', dirty: true },
    })
  })

  it('leaves out what cannot be found', async () => {
    expect(await findProvenance(root)).toEqual({ sourceRoot: root, diff: undefined, provenance: {} })
  })
})

describe('the page of a repository', () => {
  it.for([
    ['git@github.com:ada/art.git', 'https://github.com/ada/art'],
    ['ssh://git@gitlab.example:2222/group/art.git', 'https://gitlab.example/group/art'],
    ['https://github.com/ada/art/', 'https://github.com/ada/art'],
    ['https://ada:secret@github.com/ada/art.git', 'https://github.com/ada/art'],
    ['/srv/git/art.git', undefined],
    ['../art', undefined],
  ] as const)('%s is %s', ([remote, page]) => {
    expect(toWebPage(remote)).toBe(page)
  })
})
