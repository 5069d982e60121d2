import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { createPackageHints } from './package-hints.ts'

const root = mkdtempSync(join(tmpdir(), 'hints-'))
mkdirSync(join(root, 'node_modules/@scope/a'), { recursive: true })
mkdirSync(join(root, 'packages/app/node_modules/b'), { recursive: true })
for (const file of ['x.mjs', 'packages/app/x.mjs', 'packages/app/x.js']) writeFileSync(join(root, file), '')
afterAll(() => rmSync(root, { recursive: true }))

it('names once what is installed where it was asked for', () => {
  const hints = createPackageHints(root)
  hints.note(`Command failed: node x.mjs
Error [ERR_MODULE_NOT_FOUND]: Cannot find package '@scope/a' imported from ${root}/packages/app/x.mjs
    at …`)
  hints.note(`Error: Cannot find module 'b/lib/c.js'\nRequire stack:\n- ${root}/packages/app/x.js\n- ${root}/y.js`)
  hints.note(`Cannot find package '@scope/a' imported from ${root}/x.mjs`)
  const name = (path: string) =>
    `A process or thread that a test started did not find ${path} on its host: \`sync: { include: ['${path}'] }\` brings it there`
  expect(hints.take()).toEqual([name('node_modules/@scope/a'), name('packages/app/node_modules/b')])
  expect(hints.take()).toEqual([])
})

it('says nothing of what is not installed, or asked for elsewhere', () => {
  const hints = createPackageHints(root)
  hints.note(`Cannot find package 'b' imported from ${root}/x.mjs`)
  hints.note(`Cannot find package '@scope/a' imported from /elsewhere/x.mjs`)
  hints.note(`Cannot find package './nothing' imported from ${root}/x.mjs`)
  hints.note('a'.repeat(10))
  expect(hints.take()).toEqual([])
})
