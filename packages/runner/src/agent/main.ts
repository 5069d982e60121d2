import { spawn } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import type { DetachedSpec } from '../wire/protocol.ts'
import { isAnswering } from './is-answering.ts'

/**
 * The agent's command line, run by the client over its connection:
 *
 *     main start --state DIR --agent HASH --socket PATH    starts an agent in the background, or finds the one that runs
 *     main serve …                                         is that agent
 *     main attach --socket PATH                            joins stdin and stdout to it
 *     main keep --state DIR                                does detached work, which it reads from stdin, and ends the host
 */
const START_TIMEOUT_MS = 30_000
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { state: { type: 'string' }, agent: { type: 'string' }, socket: { type: 'string' } },
})
const { state = '', agent = '', socket = '' } = values

// NOTE: what takes long to load is loaded by the one who needs it. A client waits for `start`.
if (positionals[0] === 'serve') await (await import('./serve.ts')).serve({ state, agent, socket })
else if (positionals[0] === 'start') await start()
else if (positionals[0] === 'attach') attach()
else if (positionals[0] === 'keep') await keep()
else throw new Error(`Unknown command \`${positionals[0] ?? ''}\``)

async function start(): Promise<void> {
  if (await isAnswering(socket)) return
  const log = join(state, 'agent.log')
  const output = openSync(log, 'w')
  const child = spawn(
    process.execPath,
    [...process.execArgv, process.argv[1] as string, 'serve', ...process.argv.slice(3)],
    {
      detached: true,
      stdio: ['ignore', output, output],
      cwd: dirname(socket),
    },
  )
  let isDead = false
  child.once('exit', () => (isDead = true))
  const until = Date.now() + START_TIMEOUT_MS
  while (!(await isAnswering(socket))) {
    if (isDead || Date.now() > until) {
      process.stderr.write(
        `${readFileSync(log, 'utf8').slice(-2000)}\nThe agent did not start within ${START_TIMEOUT_MS / 1000} s; its log is ${log}\n`,
      )
      process.exit(1)
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  child.unref()
  process.exit(0)
}

function attach(): void {
  const stream = connect(socket)
  stream.on('error', (error) => {
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  })
  process.stdin.pipe(stream).pipe(process.stdout)
  stream.on('close', () => process.exit(0))
}

async function keep(): Promise<void> {
  const spec = JSON.parse(await text(process.stdin)) as DetachedSpec
  await (await import('./keep.ts')).keep(spec, state)
}
