import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { PARAMETERS_VARIABLE } from '../reporter/given.ts'
import { REPLAY_VARIABLE } from '../reporter/replay.ts'
import { UsageError, type Command } from './command.ts'

export const run: Command = {
  usage: [
    'vitest-notebook run FILE [--param NAME=VALUE]... [--replay FOLDER] [-- VITEST ARGUMENTS]',
    '',
    '  --param NAME=VALUE   a parameter of the experiment; pictures are given by path. Default: as the file says',
    '  --replay FOLDER      answers its questions as they were answered in this run. Default: asks',
    '',
    'Everything after `--` goes to Vitest: `-- --pool=ec2`, `-- -t Dream`.',
  ].join('\n'),
  async run(args) {
    const { files, params, replay, rest } = parse(args)
    if (files.length === 0) throw new UsageError('Expected a test file.')
    const inherited = JSON.parse(process.env[PARAMETERS_VARIABLE] || '{}') as Record<string, string>
    const env = {
      ...process.env,
      [PARAMETERS_VARIABLE]: JSON.stringify({ ...inherited, ...params }),
      ...(replay !== undefined && { [REPLAY_VARIABLE]: replay }),
    }
    const vitest = createRequire(resolve('package.json')).resolve('vitest/package.json')
    const main = join(dirname(vitest), 'vitest.mjs')
    const child = spawn(process.execPath, [main, 'run', ...files, ...rest], { stdio: 'inherit', env })
    // Both get the terminal's signals; this one waits for what the other makes of them.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void child.kill(signal))
    return await new Promise((done, fail) => {
      child.once('error', fail)
      child.once('exit', (code) => done(code ?? 1))
    })
  },
}

interface Parsed {
  files: string[]
  params: Record<string, string>
  replay: string | undefined
  rest: string[]
}

function parse(args: readonly string[]): Parsed {
  const end = args.indexOf('--')
  const own = end === -1 ? args : args.slice(0, end)
  const files: string[] = []
  const params: Record<string, string> = {}
  let replay: string | undefined
  for (let index = 0; index < own.length; index += 1) {
    const word = own[index]!
    if (word === '--param' || word === '-p') addParam(params, own[(index += 1)])
    else if (word.startsWith('--param=')) addParam(params, word.slice('--param='.length))
    else if (word === '--replay') replay = folder(own[(index += 1)])
    else if (word.startsWith('--replay=')) replay = folder(word.slice('--replay='.length))
    else if (word.startsWith('-'))
      throw new UsageError(`There is no flag \`${word}\`; flags of Vitest come after \`--\`.`)
    else files.push(word)
  }
  return { files, params, replay, rest: end === -1 ? [] : args.slice(end + 1) }
}

function addParam(params: Record<string, string>, word: string | undefined): void {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(word ?? '') ?? []
  if (name === undefined || value === undefined)
    throw new UsageError(`Expected \`--param NAME=VALUE\`, got \`${word ?? ''}\`.`)
  params[name] = value
}

function folder(word: string | undefined): string {
  if (!word) throw new UsageError('Expected `--replay FOLDER`: the folder of a run.')
  return resolve(word)
}
