import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { NotebookError } from '../errors.ts'
import { toMilliseconds } from '../notebook/duration.ts'
import type { Duration } from '../notebook/types.ts'
import { ASK_FOR, ASK_VARIABLE } from '../reporter/ask.ts'
import { PARAMETERS_VARIABLE } from '../reporter/given.ts'
import { REPLAY_VARIABLE } from '../reporter/replay.ts'
import { NEWEST, RESUME_VARIABLE } from '../reporter/resume.ts'
import { UsageError, type Command } from './command.ts'

export const run: Command = {
  usage: [
    'vitest-notebook run FILE [--param NAME=VALUE]... [--ask[=TIME]] [--replay FOLDER] [--resume[=FOLDER]] [-- VITEST ARGUMENTS]',
    '',
    '  --param NAME=VALUE   a parameter of the experiment; pictures are given by path. Default: as the file says',
    `  --ask[=TIME]         lets you set the parameters on the live page before the test begins; after TIME, ${ASK_FOR} unless you say`,
    '                       another, it begins as it is. Default: begins at once',
    '  --replay FOLDER      answers its questions as they were answered in this run. Default: asks',
    '  --resume[=FOLDER]    goes on from the checkpoint of a run that was cut off: of this one, or of the newest with the same',
    '                       parameters. Default: begins at the beginning',
    '',
    'Everything after `--` goes to Vitest: `-- --pool=ec2`, `-- -t Dream`.',
  ].join('\n'),
  async run(args) {
    const { files, params, ask, replay, resume, rest } = parse(args)
    if (files.length === 0) throw new UsageError('Expected a test file.')
    if (ask !== undefined) toMilliseconds(ask as Duration, '--ask')
    const inherited = JSON.parse(process.env[PARAMETERS_VARIABLE] || '{}') as Record<string, string>
    const env = {
      ...process.env,
      [PARAMETERS_VARIABLE]: JSON.stringify({ ...inherited, ...params }),
      ...(ask !== undefined && { [ASK_VARIABLE]: ask }),
      ...(replay !== undefined && { [REPLAY_VARIABLE]: replay }),
      ...(resume !== undefined && { [RESUME_VARIABLE]: resume }),
    }
    const child = spawn(process.execPath, [vitestHere(), 'run', ...files, ...rest], { stdio: 'inherit', env })
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
  /** how long somebody has for it */
  ask: string | undefined
  replay: string | undefined
  /** a folder, or `newest` */
  resume: string | undefined
  rest: string[]
}

function parse(args: readonly string[]): Parsed {
  const end = args.indexOf('--')
  const own = end === -1 ? args : args.slice(0, end)
  const files: string[] = []
  const params: Record<string, string> = {}
  let [ask, replay, resume]: string[] = []
  for (let index = 0; index < own.length; index += 1) {
    const word = own[index]!
    if (word === '--param' || word === '-p') addParam(params, own[(index += 1)])
    else if (word.startsWith('--param=')) addParam(params, word.slice('--param='.length))
    else if (word === '--ask') ask = ASK_FOR
    else if (word.startsWith('--ask=')) ask = word.slice('--ask='.length)
    else if (word === '--replay') replay = folder('--replay FOLDER', own[(index += 1)])
    else if (word.startsWith('--replay=')) replay = folder('--replay FOLDER', word.slice('--replay='.length))
    else if (word === '--resume') resume = NEWEST
    else if (word.startsWith('--resume=')) resume = folder('--resume=FOLDER', word.slice('--resume='.length))
    else if (word.startsWith('-'))
      throw new UsageError(`There is no flag \`${word}\`; flags of Vitest come after \`--\`.`)
    else files.push(word)
  }
  return { files, params, ask, replay, resume, rest: end === -1 ? [] : args.slice(end + 1) }
}

/** The program of the Vitest that the working directory has. */
function vitestHere(): string {
  try {
    return join(dirname(createRequire(resolve('package.json')).resolve('vitest/package.json')), 'vitest.mjs')
  } catch (cause) {
    throw new NotebookError(
      'NOTEBOOK_USE',
      `There is no Vitest in ${resolve('.')}. Go to the folder of your project, or install it: \`npm i -D vitest\`.`,
      { cause },
    )
  }
}

function addParam(params: Record<string, string>, word: string | undefined): void {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(word ?? '') ?? []
  if (name === undefined || value === undefined)
    throw new UsageError(`Expected \`--param NAME=VALUE\`, got \`${word ?? ''}\`.`)
  params[name] = value
}

function folder(usage: string, word: string | undefined): string {
  if (!word) throw new UsageError(`Expected \`${usage}\`: the folder of a run.`)
  return resolve(word)
}
