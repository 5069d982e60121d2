import { request } from 'node:http'

const TIMEOUT_MS = 1000
const TOKEN_SECONDS = 21_600

export interface InstanceMetadata {
  /** what lies at that path below `/latest/meta-data/`. @throws when nobody answers */
  get(path: string): Promise<{ status: number; text: string }>
}

/** An instance's own metadata (IMDSv2). */
export function openInstanceMetadata(
  endpoint: string = process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT ?? 'http://169.254.169.254',
): InstanceMetadata {
  let token: { text: string; until: number } | undefined
  return {
    async get(path) {
      if (!token || token.until < Date.now()) {
        const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': String(TOKEN_SECONDS) }
        const answer = await ask('PUT', `${endpoint}/latest/api/token`, headers)
        if (answer.status !== 200) throw new Error(`no token: ${answer.status}`)
        token = { text: answer.text, until: Date.now() + (TOKEN_SECONDS * 1000) / 2 }
      }
      const answer = await ask('GET', `${endpoint}/latest/meta-data/${path}`, {
        'x-aws-ec2-metadata-token': token.text,
      })
      if (answer.status === 401) token = undefined
      return answer
    },
  }
}

function ask(method: string, url: string, headers: Record<string, string>): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, headers, timeout: TIMEOUT_MS, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk.slice(0, 10_000)))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      response.on('error', reject)
    })
    asking.on('timeout', () => asking.destroy(new Error('no answer')))
    asking.on('error', reject)
    asking.end()
  })
}
