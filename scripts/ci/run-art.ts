/**
 * The step of the art's workflow that runs an experiment: `ART_INPUTS` has what was asked for. The reporter posts the report, as
 * it does in every job of GitHub Actions.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArtInputs } from './art-inputs.ts'

const COMMAND_LINE = join(import.meta.dirname, '../../packages/reporter/src/cli/main.ts')

try {
  const { experiment, params, pool } = parseArtInputs(process.env['ART_INPUTS'])
  const given = params.flatMap((param) => ['--param', param])
  const rest = pool === 'ec2' ? ['--', '--pool=ec2'] : []
  const child = spawn(process.execPath, [COMMAND_LINE, 'run', experiment, ...given, ...rest], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void child.kill(signal))
  child.once('exit', (code) => {
    process.exitCode = code ?? 1
  })
} catch (error) {
  console.error(`::error::${escaped((error as Error).message)}`)
  process.exitCode = 2
}

/** As GitHub reads it: the sentence quotes inputs, whose further lines would be commands of their own. */
function escaped(message: string): string {
  return message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
