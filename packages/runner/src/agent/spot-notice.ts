import { request } from 'node:http'

const EVERY_MS = 5000
const TIMEOUT_MS = 1000
const TOKEN_SECONDS = 21_600
/** Failures in a row, from the start, after which this is no EC2 instance. */
const HOPELESS_AFTER = 3

/** Asks the instance metadata (IMDSv2) whether this spot instance is to be taken away, and tells when, once. */
export function watchSpotNotice(
  onNotice: (at: Date) => void,
  { endpoint = process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT ?? 'http://169.254.169.254', everyMs = EVERY_MS } = {},
): { stop(): void } {
  let token: { text: string; until: number } | undefined
  let failures = 0
  let isStopped = false
  let timer: NodeJS.Timeout | undefined

  const look = async () => {
    try {
      if (!token || token.until < Date.now()) {
        const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': String(TOKEN_SECONDS) }
        const answer = await ask('PUT', `${endpoint}/latest/api/token`, headers)
        if (answer.status !== 200) throw new Error(`no token: ${answer.status}`)
        token = { text: answer.text, until: Date.now() + (TOKEN_SECONDS * 1000) / 2 }
      }
      const headers = { 'x-aws-ec2-metadata-token': token.text }
      const { status, text } = await ask('GET', `${endpoint}/latest/meta-data/spot/instance-action`, headers)
      if (status === 401) token = undefined
      failures = Number.NEGATIVE_INFINITY
      // 404: no notice. `stop` and `hibernate` take the instance away just as `terminate` does.
      if (status === 200) {
        onNotice(new Date((JSON.parse(text) as { time: string }).time))
        return
      }
    } catch {
      failures += 1
      if (failures >= HOPELESS_AFTER) return
    }
    if (!isStopped) timer = setTimeout(() => void look(), everyMs)
  }
  void look()
  return {
    stop() {
      isStopped = true
      clearTimeout(timer)
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
