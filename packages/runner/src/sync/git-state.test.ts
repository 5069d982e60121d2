import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readGitState } from './git-state.ts'

it('tells commit, branch and origin of a repository, and none of its credentials', async () => {
  const root = mkdtempSync(join(tmpdir(), 'git-state-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
      cwd: root,
      stdio: 'pipe',
    })
  expect(await readGitState(root)).toBeUndefined()
  git('init', '-b', 'main')
  git('remote', 'add', 'origin', 'https://ada:secret@github.com/ada/art.git')
  git('commit', '--allow-empty', '-m', 'One')
  const commit = git('rev-parse', 'HEAD').toString().trim()
  const remote = 'https://github.com/ada/art.git'
  expect(await readGitState(root)).toMatchObject({ commit, branch: 'main', remote, dirty: false })
  writeFileSync(join(root, 'new'), '')
  git('checkout', '--detach')
  const { branch, dirty } = (await readGitState(root))!
  expect({ branch, dirty }).toEqual({ branch: undefined, dirty: true })
})
