import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** As much of GitHub's API as a report uses: comments, and blobs, trees, commits and refs, with GitHub's limits. */
export class TestGitHub implements AsyncDisposable {
  url = ''
  readonly comments: { id: number; issue: number; body: string }[] = []
  readonly refs = new Map<string, string>()
  readonly objects = new Map<string, Record<string, unknown>>()
  /** answers this instead, as often as it says */
  refusal: { status: number; message: string; times: number } | undefined
  calls: string[] = []
  #server = createServer()

  static async start(): Promise<TestGitHub> {
    const github = new TestGitHub()
    const server = github.#server
    server.on('request', (request, response) => {
      void github.#answer(request).then(([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(body === undefined ? '' : JSON.stringify(body))
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    github.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return github
  }

  /** of a commit: its files and their bytes */
  files(commit: string): Map<string, Buffer> {
    const tree = this.objects.get(this.objects.get(commit)!['tree'] as string)!['files'] as Record<string, string>
    return new Map(Object.entries(tree).map(([path, sha]) => [path, this.objects.get(sha)!['data'] as Buffer]))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  async #answer(request: IncomingMessage): Promise<[number, unknown?]> {
    const { pathname, searchParams } = new URL(request.url ?? '', this.url)
    const path = pathname.replace('/repos/art/paintings', '')
    const call = `${request.method} ${path}`
    this.calls.push(call)
    const body = request.method === 'GET' ? {} : ((await json(request)) as Record<string, never>)
    if (request.headers.authorization !== 'Bearer secret') return [401, { message: 'Bad credentials' }]
    if (this.refusal && this.refusal.times-- > 0) return [this.refusal.status, { message: this.refusal.message }]
    const issue = Number(/^\/issues\/(\d+)\/comments$/.exec(path)?.[1])
    if (issue) {
      if (request.method === 'GET') {
        const page = Number(searchParams.get('page'))
        return [200, this.comments.filter((one) => one.issue === issue).slice((page - 1) * 100, page * 100)]
      }
      return this.#comment(body, () => this.comments.push({ id: this.comments.length + 1, issue, body: body['body']! }))
    }
    const id = Number(/^PATCH \/issues\/comments\/(\d+)$/.exec(call)?.[1])
    if (id) return this.#comment(body, () => (this.comments.find((one) => one.id === id)!.body = body['body']!))
    return this.#git(call, body)
  }

  #comment(body: { body?: string }, write: () => unknown): [number, unknown] {
    if ((body.body ?? '').length > 65_536) return [422, { message: 'body is too long (maximum is 65536 characters)' }]
    write()
    return [200, {}]
  }

  #git(call: string, body: Record<string, unknown>): [number, unknown?] {
    const keep = (object: Record<string, unknown>): [number, unknown] => {
      const sha = createHash('sha1').update(JSON.stringify(object)).digest('hex')
      this.objects.set(sha, object)
      return [201, { sha }]
    }
    const [, method = '', what = '', name = ''] = /^(\w+) \/git\/(\w+)(?:\/(.*))?$/.exec(call) ?? []
    if (method === 'GET' && what === 'ref') {
      const sha = this.refs.get(`refs/${name}`)
      return sha === undefined ? [404, { message: 'Not Found' }] : [200, { object: { sha } }]
    }
    if (method === 'GET' && what === 'commits') return [200, { tree: { sha: this.objects.get(name)!['tree'] } }]
    if (what === 'blobs') return keep({ data: Buffer.from(body['content'] as string, 'base64') })
    if (what === 'trees') {
      const base = body['base_tree'] ? (this.objects.get(body['base_tree'] as string)!['files'] as object) : {}
      const added = (body['tree'] as { path: string; sha: string }[]).map(({ path, sha }) => [path, sha])
      return keep({ files: { ...base, ...Object.fromEntries(added) } })
    }
    if (what === 'commits') return keep({ tree: body['tree'], parents: body['parents'] })
    return what === 'refs' ? this.#ref(method, name, body) : [404, { message: 'Not Found' }]
  }

  #ref(method: string, name: string, { ref, sha }: { ref?: string; sha?: string }): [number, unknown?] {
    const full = ref ?? `refs/${name}`
    const now = this.refs.get(full)
    if (method === 'POST' && now !== undefined) return [422, { message: 'Reference already exists' }]
    const parents = this.objects.get(sha!)!['parents'] as string[]
    if (method === 'PATCH' && !parents.includes(now!)) return [422, { message: 'Update is not a fast forward' }]
    this.refs.set(full, sha!)
    return [200, {}]
  }
}
