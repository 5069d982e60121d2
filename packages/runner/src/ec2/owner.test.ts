import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findOwner, isDead } from './owner.ts'

const folder = () => mkdtempSync(join(tmpdir(), 'vitest-ec2-owner-'))

describe('findOwner', () => {
  it('is the same for one user and state folder, and another elsewhere', () => {
    const here = folder()
    expect(findOwner(here, { USER: 'ada' })).toEqual(findOwner(here, { USER: 'ada' }))
    expect(findOwner(folder(), { USER: 'ada' }).name).not.toBe(findOwner(here, { USER: 'ada' }).name)
  })

  it('is the repository in CI, on whichever machine', () => {
    const env = { CI: 'true', GITHUB_REPOSITORY: 'ada/art', USER: 'runner' }
    const [one, other] = [findOwner(folder(), env), findOwner(folder(), env)]
    expect(one.name).toMatch(/^ci-ada-art-[0-9a-f]{6}$/)
    expect(other.name).toBe(one.name)
    expect(other.machine).not.toBe(one.machine)
  })

  it('fits into the name of a role in the region with the longest name', () => {
    const env = { CI: 'true', GITHUB_REPOSITORY: `${'o'.repeat(40)}/${'r'.repeat(40)}` }
    expect(`vitest-ec2-${findOwner(folder(), env).name}-ap-southeast-1-scheduler`.length).toBeLessThanOrEqual(64)
  })
})

describe('isDead', () => {
  it('is false for this process', () => {
    expect(isDead(findOwner(folder()).process)).toBe(false)
  })

  it('is true for one that ended', () => {
    const { pid } = spawnSync('true')
    expect(isDead(`${pid}/`)).toBe(true)
  })

  it('is true for an earlier process with the id of this one', () => {
    expect(isDead(`${process.pid}/00000000.1`)).toBe(process.platform === 'linux')
  })

  it('is false for what it cannot read', () => {
    expect(isDead('')).toBe(false)
    expect(isDead('-1/x')).toBe(false)
  })
})
