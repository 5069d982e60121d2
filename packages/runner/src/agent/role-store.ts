import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { SavePlace } from '../wire/protocol.ts'
import type { SaveStore } from '../wire/run-record.ts'
import { openInstanceMetadata } from './instance-metadata.ts'
import { encodePath, sign, type SigningKey } from './sign.ts'

const SILENT_MS = 60_000
/** AWS renews a role's keys hours before they expire. */
const KEY_MS = 5 * 60_000

/** Puts what a run leaves into the bucket with the instance's own role, and nothing installed. */
export function createRoleStore({ url, region, account }: Pick<SavePlace, 'url' | 'region' | 'account'>): SaveStore {
  const metadata = openInstanceMetadata()
  let known: { key: Promise<SigningKey>; at: number } | undefined

  return {
    async put(run, key, content) {
      const body = Buffer.from(content)
      await send(run, key, Readable.from([body]), body.length, createHash('sha256').update(body).digest('hex'))
    },
    async putFile(run, key, path, hash) {
      await send(run, key, createReadStream(path), (await stat(path)).size, hash)
    },
  }

  async function send(run: string, key: string, body: Readable, size: number, bodyHash: string): Promise<void> {
    const target = new URL(encodePath(`${run}/${key}`), url)
    const plain = { 'content-length': String(size), 'x-amz-expected-bucket-owner': account }
    const signing = { method: 'PUT', url: target, headers: plain, bodyHash, region, at: new Date() }
    const headers = sign(signing, await readKey())
    const request = target.protocol === 'http:' ? requestHttp : requestHttps
    const asking = request(target, { method: 'PUT', headers, timeout: SILENT_MS })
    asking.on('timeout', () => asking.destroy(new Error(`${target.host} does not answer`)))
    const answered = new Promise<void>((resolve, reject) => {
      asking.once('error', reject).once('response', (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk.slice(0, 2000)))
        response.once('error', reject).once('end', () => {
          if (response.statusCode === 200) resolve()
          else reject(new Error(`S3 answers ${response.statusCode} to ${target.pathname}: ${text}`))
        })
      })
    })
    await Promise.all([answered, pipeline(body, asking)])
  }

  async function readKey(): Promise<SigningKey> {
    if (!known || Date.now() - known.at > KEY_MS) known = { key: askForKey(), at: Date.now() }
    const { key } = known
    key.catch(() => (known = undefined))
    return await key
  }

  async function askForKey(): Promise<SigningKey> {
    const folder = 'iam/security-credentials/'
    const role = await metadata.get(folder)
    if (role.status !== 200) throw new Error('This instance has no role')
    const { status, text } = await metadata.get(`${folder}${role.text.trim().split('\n')[0]}`)
    if (status !== 200) throw new Error(`The keys of this instance's role are not to be had: ${status}`)
    const { AccessKeyId, SecretAccessKey, Token } = JSON.parse(text) as Record<string, string>
    return { accessKeyId: AccessKeyId ?? '', secretAccessKey: SecretAccessKey ?? '', sessionToken: Token ?? '' }
  }
}
