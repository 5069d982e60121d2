import { Ec2Error } from '../errors.ts'
import type { HostPhase } from '../fleet/compute-provider.ts'
import type { Connection } from '../host/connection.ts'
import type { SetupStep } from '../options-setup.ts'
import { findRecipe, readRecipe, type Recipe } from '../recipes/recipes.ts'
import { packFolder } from '../transfer/tar.ts'
import { shorten } from './shorten.ts'
import type { KeptStep, StepStore } from './step-store.ts'

export interface SetUpOptions {
  signal: AbortSignal
  onPhase: (phase: HostPhase) => void
  /** recipes for a GPU do not ask for one: an image is made of the host, on whatever it is baked */
  withoutGpu: boolean
  /** of what commands with `outputs` make */
  store: StepStore
}

/**
 * Takes the steps of `setup` on a new host, one after the other, as its login user: recipes by name, and shell commands.
 * @throws Ec2Error `EC2_HOST` with what the first that fails has said
 */
export async function setUp(connection: Connection, steps: readonly SetupStep[], options: SetUpOptions): Promise<void> {
  for (const [index, step] of steps.entries()) {
    const detail = shorten(typeof step === 'string' ? step : step.run)
    options.onPhase({ phase: 'installing', detail })
    if (typeof step === 'string') await take(connection, step, options)
    else await bringOrRun(connection, { command: step, before: steps.slice(0, index) }, options)
  }
}

async function take(connection: Connection, step: string, options: SetUpOptions): Promise<void> {
  const recipe = findRecipe(step)
  await (recipe ? install(connection, recipe, options) : run(connection, step, options))
}

async function bringOrRun(connection: Connection, step: KeptStep, options: SetUpOptions): Promise<void> {
  const { store, signal } = options
  if (await store.bring(connection, step, signal)) return
  await run(connection, step.command.run, options)
  await store.keep(connection, step, signal)
}

async function install(connection: Connection, name: Recipe, { signal, withoutGpu }: SetUpOptions): Promise<void> {
  const { folder, files, command } = readRecipe(name)
  const line = `copy=$(mktemp -d) && trap 'rm -rf "$copy"' EXIT && tar -xC "$copy" && ${command('"$copy"')}${withoutGpu ? ' --without-gpu' : ''}`
  try {
    await packFolder(folder, files, (input) => connection.exec(line, { input, signal }))
  } catch (cause) {
    const { said } = toEnd(cause)
    const [, reason = said, fix] = /^([^]*)\nfix: (.*)$/.exec(said) ?? []
    throw new Ec2Error('EC2_HOST', `\`${name}\` of \`setup\` could not be installed on ${connection.name}: ${reason}`, {
      ...(fix !== undefined && { fix }),
      cause,
      data: { recipe: name },
    })
  }
}

async function run(connection: Connection, command: string, { signal }: SetUpOptions): Promise<void> {
  try {
    await connection.exec(`{ ${command}\n} </dev/null`, { signal })
  } catch (cause) {
    const { code, said } = toEnd(cause)
    throw new Ec2Error(
      'EC2_HOST',
      `\`${shorten(command)}\` of \`setup\` ended with status ${code ?? 'unknown'} on ${connection.name}${said ? `: ${said}` : ''}`,
      { fix: '`setup` runs as the login user: what needs root begins with `sudo`.', cause, data: { command } },
    )
  }
}

/** How a command ended, and its last words. @throws what is not the end of a command */
function toEnd(cause: unknown): { code: number | null; said: string } {
  if (!(cause instanceof Ec2Error) || cause.code !== 'EC2_FUNCTION') throw cause
  const { code, stdout, stderr } = cause.data as { code: number | null; stdout: string; stderr: string }
  return { code, said: (stderr.trim() || stdout.trim()).split('\n').slice(-5).join('\n') }
}
