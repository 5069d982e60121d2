import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createPackStore } from '../src/ec2/pack-store.ts'
import { targetOf } from '../src/fleet/views.ts'
import { openHostSession } from '../src/host/open-host-session.ts'
import { createWorkspaceSync } from '../src/sync/workspace-sync.ts'
import { alive, createClient, launch, rig } from './support/ec2-rig.ts'

const EVERYTHING = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const PACK = { hash: 'a'.repeat(64), size: 3 }
const { signal } = new AbortController()

let home: string

beforeEach(async () => {
  await rig.reset()
  home = mkdtempSync(join(tmpdir(), 'vitest-ec2-credentials-'))
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(home, 'credentials'))
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rig.set({ expired: [] })
  rmSync(home, { recursive: true })
})

test('a run goes on with the credentials that its profile has by now', async () => {
  const old = await signIn()
  await using client = createClient()
  const provider = client.open()
  await launch(provider)
  const packs = createPackStore((await provider.bucket())!)
  await rig.set({ expired: [old] })
  await expect(packs.put(PACK, content, signal)).rejects.toMatchObject({ code: 'EC2_CREDENTIALS' })

  await signIn()
  await packs.put(PACK, content, signal)
  expect(await packs.missing([PACK.hash])).toEqual([])
  await provider.close()
  expect(client.notices.join('\n')).not.toContain('could not be terminated')
  vi.unstubAllEnvs()
  expect(await alive()).toEqual([])
})

test('says once that files go over SSH because the credentials have expired, and that they do not any more', async () => {
  const old = await signIn()
  await using client = createClient()
  const provider = client.open()
  const host = await launch(provider)
  const options = { signal, onPhase: () => {} }
  const session = await openHostSession(await host.connect(options), { run: 'run', ...options })
  const told: string[] = []
  const { name, account, clients } = (await provider.bucket())!
  const sync = createWorkspaceSync({
    blobs: async () => createPackStore({ name, account, clients }),
    cacheDir: join(home, 'cache'),
    onNotice: (sentence) => void told.push(sentence),
  })
  const root = join(home, 'workspace')
  mkdirSync(root)
  const bring = async (content: string) => {
    writeFileSync(join(root, 'a.txt'), content)
    await sync.sync(targetOf(session), { root, packages: [], outputs: [], signal, onProgress: () => {} })
  }
  await bring('with credentials')
  await rig.set({ expired: [old] })
  await bring('when they have expired')
  await bring('and still')
  expect(told).toEqual([
    expect.stringMatching(
      /^The AWS credentials have expired \(s3:\w+: ExpiredToken\): until that changes files go over SSH, not the bucket\. Renew them: `aws sso login`/,
    ),
  ])
  await signIn()
  await bring('with new ones')
  expect(told.slice(1)).toEqual(['Files go by the bucket again'])
  await session.close({ end: true })
  await provider.close()
})

/** Puts the key of a new user into the profile, and returns its id. */
async function signIn(): Promise<string> {
  const { accessKeyId, secretAccessKey } = await rig.user(EVERYTHING)
  const lines = ['[default]', `aws_access_key_id = ${accessKeyId}`, `aws_secret_access_key = ${secretAccessKey}`, '']
  writeFileSync(join(home, 'credentials'), lines.join('\n'))
  return accessKeyId
}

async function* content(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array([1, 2, 3])
}
