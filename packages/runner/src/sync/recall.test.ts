import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { describeFolder, makeFolder, makeHost, makeRun, makeWorkspace } from '../../test/synced-workspace.ts'

/** Then files and folders are so old that their times tell versions apart. */
const REST_MS = 2100

type Workspace = ReturnType<typeof makeWorkspace>

/** Workspaces that a host had a while ago, and again just now. */
async function makeRested(count: number) {
  const all = await Promise.all(
    Array.from({ length: count }, async () => {
      const workspace = makeWorkspace()
      execFileSync('git', ['init', '-q'], { cwd: workspace.root })
      workspace.write('.gitignore', 'node_modules')
      const cacheDir = makeFolder()
      const one = { ...workspace, cacheDir, host: makeHost(), run: makeRun(workspace.root, cacheDir) }
      await one.run(one.host)
      return one
    }),
  )
  await sleep(REST_MS)
  for (const { run, host } of all) await run(host)
  return all
}

const PACKAGE = 'node_modules/dependency'
const KEY = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU=\n-----END OPENSSH PRIVATE KEY-----\n'

const CHANGES: Record<string, (workspace: Workspace) => void> = {
  'a source': ({ write }) => write('src/7.ts', 'export const value = "changed"'),
  'a source that stays as long and as old': ({ root, write }) => {
    const { atime, mtime } = lstatSync(join(root, 'src/7.ts'))
    write('src/7.ts', 'export const value = 8')
    utimesSync(join(root, 'src/7.ts'), atime, mtime)
  },
  'a source that another file takes the place of': ({ root, write }) => {
    const { atime, mtime } = lstatSync(join(root, 'src/7.ts'))
    write('other', 'export const value = 8')
    utimesSync(join(root, 'other'), atime, mtime)
    renameSync(join(root, 'other'), join(root, 'src/7.ts'))
  },
  'the mode of a source': ({ root }) => chmodSync(join(root, 'src/7.ts'), 0o755),
  'a new source': ({ write }) => write('src/new.ts', 'export {}'),
  'a source that is gone': ({ root }) => rmSync(join(root, 'src/7.ts')),
  'a source that becomes a folder': ({ root, write }) => {
    rmSync(join(root, 'src/7.ts'))
    write('src/7.ts/index.ts', 'export {}')
  },
  'a source that becomes a link': ({ root }) => {
    rmSync(join(root, 'src/7.ts'))
    symlinkSync('8.ts', join(root, 'src/7.ts'))
  },
  'a link that leads elsewhere': ({ root }) => {
    rmSync(join(root, 'src/link.ts'))
    symlinkSync('2.ts', join(root, 'src/link.ts'))
  },
  'a link that becomes a file': ({ root, write }) => {
    rmSync(join(root, 'src/link.ts'))
    write('src/link.ts', 'export {}')
  },
  'a rule of what to ignore': ({ write, root }) => {
    write('.gitignore', 'node_modules\n!src')
    mkdirSync(join(root, 'empty'))
  },
  'a file of a package': ({ write }) => write(`${PACKAGE}/7.js`, 'exports.value = "changed"'),
  'a new file of a package': ({ write }) => write(`${PACKAGE}/new.js`, ''),
  'a new folder of a package': ({ write }) => write(`${PACKAGE}/lib/deep/new.js`, ''),
  'a file of a package that is gone': ({ root }) => rmSync(join(root, PACKAGE, '7.js')),
  'a package that another one needs from now on': ({ write }) => {
    write('node_modules/another/package.json', '{ "name": "another" }')
    write(`${PACKAGE}/package.json`, '{ "name": "dependency", "dependencies": { "another": "*" } }')
  },
  'a package that comes to lie nearer': ({ write }) => {
    write(`${PACKAGE}/package.json`, '{ "name": "dependency", "dependencies": { "another": "*" } }')
    write(`${PACKAGE}/node_modules/another/package.json`, '{ "name": "another" }')
  },
}

it('sees every change since the disk was last planned', async () => {
  const names = Object.keys(CHANGES)
  const workspaces = await makeRested(names.length)
  for (const [at, name] of names.entries()) {
    const { root, host, run, ...workspace } = workspaces[at]!
    CHANGES[name]!({ root, ...workspace })
    const expected = withoutGit(root)
    expect({ name, shown: (await run(host)).shown }).toEqual({ name, shown: expected })
    // To a host that has nothing of it, too.
    expect({ name, shown: (await run(makeHost())).shown }).toEqual({ name, shown: expected })
  }
})

it('leaves out a file that becomes a private key, and brings one that git listed and that comes back', async () => {
  const [one, other] = await makeRested(2)
  one!.write('src/7.ts', KEY)
  expect((await one!.run(one!.host)).shown).not.toHaveProperty('src/7.ts')
  one!.write('src/7.ts', 'export {}')
  expect((await one!.run(one!.host)).shown).toMatchObject({ 'src/7.ts': '644 export {}' })

  const { root, write, run, host } = other!
  execFileSync('git', ['add', '--all'], { cwd: root })
  rmSync(join(root, 'src/7.ts'))
  await sleep(REST_MS)
  expect((await run(host)).shown).not.toHaveProperty('src/7.ts')
  write('src/7.ts', 'export {}')
  expect((await run(host)).shown).toMatchObject({ 'src/7.ts': '644 export {}' })
})

it('plans nothing anew where only contents change, and sends only these', async () => {
  const [{ root, write, run, host, cacheDir } = expect.fail()] = await makeRested(1)
  // What a plan would have to read all files for.
  const hashes = join(cacheDir, 'hashes', readdirSync(join(cacheDir, 'hashes'))[0]!)
  writeFileSync(hashes, 'damaged')
  const before = await run(host)
  expect(before).toMatchObject({ paths: [], packs: 0 })
  expect(before.trees).toHaveLength(2)

  write('src/7.ts', 'export const value = "changed"')
  write(`${PACKAGE}/7.js`, 'exports.value = "changed"')
  const changed = await run(host)
  expect(changed).toMatchObject({ paths: [`${PACKAGE}/7.js`, 'src/7.ts'], packs: 2, expected: changed.trees })
  expect(changed.trees).toHaveLength(4)
  expect(changed.shown).toEqual(withoutGit(root))
  expect(await run(host)).toMatchObject({ trees: changed.trees, paths: [], packs: 0 })
  expect(readFileSync(hashes, 'utf8')).toBe('damaged')

  // Below what was planned as a layer lies the same base.
  write('src/new.ts', 'export {}')
  expect((await run(host)).paths).toEqual(['src/7.ts', 'src/new.ts'])
  await sleep(REST_MS)
  await run(host)
  writeFileSync(hashes, 'damaged')
  write('src/8.ts', 'export const value = "changed"')
  const more = await run(host)
  expect(more.paths).toEqual(['src/7.ts', 'src/8.ts', 'src/new.ts'])
  expect(more.shown).toEqual(withoutGit(root))
  expect(readFileSync(hashes, 'utf8')).toBe('damaged')
})

it('says again what does not travel', async () => {
  const workspace = makeWorkspace()
  symlinkSync('/etc/hostname', join(workspace.root, 'src/out.ts'))
  const notices: string[] = []
  const run = makeRun(workspace.root, makeFolder(), (notice) => notices.push(notice))
  const host = makeHost()
  await run(host)
  await sleep(REST_MS)
  await run(host)
  notices.length = 0
  await run(host)
  expect(notices).toEqual([expect.stringContaining('src/out.ts is a link that leads out of')])
})

function withoutGit(root: string): Record<string, string> {
  return Object.fromEntries(Object.entries(describeFolder(root)).filter(([path]) => !path.startsWith('.git/')))
}
