import { startDetached, type StartedRun } from '../detached/start.ts'
import { terminate } from '../ec2/terminate.ts'
import { describePhase } from '../fleet/describe-phase.ts'
import { describeOpening } from '../fleet/opening.ts'
import type { ResolvedEc2Options } from '../options-resolve.ts'
import { passedVariables } from '../passed-variables.ts'
import { AWS_EXPLAIN, AWS_FLAGS, type Command } from './command.ts'
import { openContext, type Context } from './context.ts'
import { findKind } from './kind.ts'
import { loadProject } from './load-project.ts'
import { openRun } from './open-run.ts'
import { INTERRUPTED, showRun } from './show-run.ts'

/** Vitest's own variables and those of its reporters, and where AWS is, when that is not where it always is. */
const PASSED = ['VITEST_!(EC2_*)', 'AWS_ENDPOINT_URL*']

export const run: Command = {
  operands: '[--] [vitest argument…]',
  flags: { ...AWS_FLAGS, detach: { type: 'boolean', short: 'd' }, kind: { type: 'string' }, after: { type: 'string' } },
  explain: {
    ...AWS_EXPLAIN,
    detach: 'do not watch it; without it Ctrl-C ends the run',
    kind: 'the kind of host, by its name in `hosts`; default',
    after: 'a run that was cut short: its arguments, unless others are given, and with what it had saved',
  },
  async run(context) {
    const { flags, print } = context
    const abort = new AbortController()
    const interrupt = () => abort.abort()
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
    const started = await start(context, abort.signal).catch((error: unknown) => {
      if (!abort.signal.aborted) throw error
    })
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    if (!started) {
      say('Interrupted: what was launched is ended')
      return INTERRUPTED
    }
    if (flags['detach'] !== true) return await watch(contextOf(context, started), started)
    const { record, store } = started
    print(
      `${record.id} runs on ${record.instance.id} until ${new Date(record.expiresAt).toISOString()} at the latest, with nobody watching.
Watch it, or see what came of it: ${commandLine('attach', record.id, started)}
End it: ${commandLine('down', record.instance.id, started)}`,
      { run: record.id, instance: record.instance.id, expiresAt: record.expiresAt, bucket: store.url(record.id, '') },
    )
    return 0
  },
}

type Started = StartedRun & { settings: ResolvedEc2Options }

async function start(context: Context, signal: AbortSignal): Promise<Started> {
  const { flags, operands } = context
  const before = typeof flags['after'] === 'string' ? (await openRun(context, flags['after'])).record : undefined
  const named = operands[0] === 'run' ? operands.slice(1) : operands
  const given = before && named.length === 0 ? before.args : named
  const { options, ...project } = await loadProject(given)
  // There it means that machine, and one worker for each of its GPUs.
  const isLeftOpen = options !== undefined && !given.some((arg) => /^--pool(=|$)/.test(arg))
  const args = isLeftOpen ? [...given, '--pool=ec2'] : given
  const { settings } = openContext(flags, [], options)
  const { kind, spec } = findKind(settings, flags['kind'])
  const { maxAgeMs, budget } = settings
  const said = new Set<string>()
  const started = await startDetached({
    settings,
    kind,
    spec,
    args,
    ...project,
    ...(before && { after: before.id }),
    env: passedVariables(process.env, [...settings.env, ...PASSED]),
    signal,
    onPlan: (plan) =>
      say(
        describeOpening({
          demand: 'The run needs',
          spec,
          hosts: 1,
          plan,
          warm: undefined,
          maxAgeMs,
          budget,
        }),
      ),
    onPhase(phase) {
      if (!said.has(phase.phase)) say(describePhase(phase))
      said.add(phase.phase)
    },
    notice: say,
  })
  return { ...started, settings }
}

/** Shows it to its end; who interrupts it ends it, and is asked first where somebody is there: to be interrupted again is a yes. */
async function watch(context: Context, { record, store }: StartedRun): Promise<number> {
  return await showRun(context, store, record, async () => {
    const ask = () => context.confirm(`End the run on ${record.instance.id}?`).catch(() => true)
    const isWanted = !process.stdin.isTTY || (await ask())
    if (!isWanted) return false
    await terminate(await context.open(), [record.instance.id])
    console.error(` EC2  Ended ${record.instance.id}.`)
    return true
  })
}

/** What the configuration says of the account, for what is done after it was read. */
function contextOf({ flags }: Context, { settings }: Started): Context {
  const { region, profile } = settings
  return openContext({ ...flags, ...(region && { region }), ...(profile && { profile }) }, [])
}

function commandLine(command: string, name: string, { settings }: Started): string {
  const { region, profile, bucket } = settings
  const variable = command === 'attach' && typeof bucket === 'string' ? `VITEST_EC2_BUCKET=${bucket} ` : ''
  const flags = [region && ` --region ${region}`, profile && ` --profile ${profile}`]
  return `${variable}npx vitest-ec2 ${command} ${name}${flags.map((flag) => flag ?? '').join('')}`
}

function say(line: string): void {
  console.error(` EC2  ${line}`)
}
