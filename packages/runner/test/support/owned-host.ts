import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSshd, type Sshd } from '../sshd.ts'

/** A machine that somebody owns, and the home of a user who may log in there. */
export interface OwnedHost extends AsyncDisposable {
  readonly sshd: Sshd
  /** environment of a `vitest` that runs marked files there */
  readonly env: Record<string, string>
}

/** `port`: of a link to it, where it is not to be reached directly. `disk`: a folder for all that its agent keeps */
export async function openOwnedHost(
  port?: (sshd: Sshd) => number | Promise<number>,
  disk?: string,
): Promise<OwnedHost> {
  const sshd = await startSshd([], 'root', disk)
  const home = mkdtempSync(join(tmpdir(), 'home-'))
  const reached = (await port?.(sshd)) ?? sshd.port
  mkdirSync(join(home, '.ssh'), { mode: 0o700 })
  writeFileSync(join(home, '.ssh/id_ed25519'), sshd.address.privateKey ?? '', { mode: 0o600 })
  writeFileSync(join(home, '.ssh/known_hosts'), `[127.0.0.1]:${reached} ${sshd.hostKey}\n`)
  return {
    sshd,
    env: { HOME: home, VITEST_EC2_HOST: `${sshd.address.user}@127.0.0.1:${reached}` },
    async [Symbol.asyncDispose]() {
      await sshd[Symbol.asyncDispose]()
      await rm(home, { recursive: true, force: true })
    },
  }
}
