// A client of its own, for a test that stops it in the middle of its work. Its argument: the address of a host, as JSON.
import type { HostAddress } from '../src/host/connection.ts'
import { connectSsh } from '../src/ssh/connect-ssh.ts'
import { FUNCTION_FILES, openLocalHost, until } from './local-host.ts'

const address = JSON.parse(process.argv[2] ?? '') as HostAddress
const reconnect = () => connectSsh(address, { signal: new AbortController().signal })
await using host = await openLocalHost({ connection: await reconnect(), reconnect })
const root = '/Users/somebody/proj'
const worker = await host.spawn(await host.openView(root, FUNCTION_FILES), root, 'functions.mjs')
const answers: unknown[] = []
let printed = ''
worker.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
await worker.run('echo', 'up')
console.log('at work')
const counting = worker.run('count', 50_000)
for (let i = 0; i < 300; i += 1) {
  void worker.run('echo', i).then((value) => answers.push(value))
  await new Promise((resolve) => setTimeout(resolve, 20))
}
await counting
const lines = Array.from({ length: 50_000 }, (_, i) => `${i}\n`).join('')
await until(() => answers.length === 300 && printed.length >= lines.length, 'all answers', 60_000)
const isWhole = answers.every((answer, i) => answer === i) && printed === lines
console.log(isWhole ? 'all 300 answers in order, 50000 lines' : `answers ${answers.join(' ')}\n${printed}`)
