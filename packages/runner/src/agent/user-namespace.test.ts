import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FUNCTION_FILES, openLocalHost } from '../../test/local-host.ts'
import type { Connection } from '../host/connection.ts'
import { connectLocal } from '../local/connect-local.ts'

const NOBODY = 65_534

/** This machine as an ordinary user sees it: without root and without sudo. */
function connectAsNobody(home: string): Connection {
  const local = connectLocal()
  const drop = `setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups env HOME=${home} USER=nobody sh -c`
  const quote = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`
  return { ...local, exec: (command, options) => local.exec(`${drop} ${quote(command)}`, options) }
}

it.runIf(process.getuid?.() === 0)('opens views for an ordinary user', async () => {
  const state = mkdtempSync(join(tmpdir(), 'vitest-ec2-'))
  chownSync(state, NOBODY, NOBODY)
  chmodSync(state, 0o755)
  const host = await openLocalHost({ stateDir: state, connection: connectAsNobody(state) })
  expect(host.session.info.view).toEqual({ by: 'user-namespace' })
  for (const [index, root] of ['/Users/somebody/proj', '/root/proj', '/tmp/a b/c'].entries()) {
    const tree = host.addTree(`t${index}`, FUNCTION_FILES)
    execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, join(state, 'store')])
    await host.session.call('openView', { id: `v${index}`, root, trees: [tree] })
    const worker = await host.spawn(`v${index}`, root, 'functions.mjs')
    await worker.run('append', 'src/a.txt', '!')
    await worker.run('remove', 'src/b.txt')
    await worker.stop()
    expect(await host.session.call('written', `v${index}`)).toMatchObject([
      { path: 'src/a.txt', kind: 'file', size: 2 },
      { path: 'src/b.txt', kind: 'deleted' },
    ])
    await host.session.call('closeView', `v${index}`)
  }
  expect(readdirSync(join(state, 'runs', readdirSync(join(state, 'runs'))[0] as string))).toEqual([])
  await host[Symbol.asyncDispose]()
  rmSync(state, { recursive: true, force: true })
})
