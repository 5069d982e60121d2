import { expect, it, onTestFinished } from 'vitest'
import type { Vitest } from 'vitest/node'
import { resolveOptions } from '../options-resolve.ts'
import { installPool } from '../pool/install-pool.ts'
import { createWorkspaceSync } from './workspace-sync.ts'

it('says on Windows where it can be run instead', () => {
  const { platform } = process
  Object.defineProperty(process, 'platform', { value: 'win32' })
  onTestFinished(() => void Object.defineProperty(process, 'platform', { value: platform }))
  const refusal = expect.objectContaining({ code: 'EC2_OPTIONS', fix: expect.stringContaining('WSL') })
  expect(() => installPool({ projects: [] } as unknown as Vitest, resolveOptions({}))).toThrow(refusal)
  expect(() => createWorkspaceSync()).toThrow(refusal)
})
