import type { Image } from '@aws-sdk/client-ec2'
import { bake, type Baked } from '../bake/bake.ts'
import { findUnused, listBaked, monthlyCost, snapshotPrice } from '../ec2/baked-images.ts'
import { removeImage } from '../ec2/remove-image.ts'
import { describePhase } from '../fleet/describe-phase.ts'
import { AWS_EXPLAIN, AWS_FLAGS, YES_EXPLAIN, YES_FLAG, type Command } from './command.ts'
import { openContext, type Context } from './context.ts'
import { findKind } from './kind.ts'
import { loadProject } from './load-project.ts'
import { toImageRows } from './show-images.ts'
import { INTERRUPTED } from './show-run.ts'
import { toTable } from './table.ts'

export const bakeCommand: Command = {
  flags: {
    ...AWS_FLAGS,
    ...YES_FLAG,
    kind: { type: 'string' },
    type: { type: 'string', multiple: true },
    prune: { type: 'boolean' },
  },
  explain: {
    ...AWS_EXPLAIN,
    ...YES_EXPLAIN,
    kind: 'the kind of host, by its name in `hosts`; default',
    type: 'instance type to bake on instead of that of the kind: the image needs no GPU to be made; may be given again',
    prune: 'bake nothing, and remove the images that no run uses any more',
  },
  async run(context) {
    if (context.flags['prune'] === true) return await prune(context)
    const abort = new AbortController()
    const interrupt = () => abort.abort()
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
    const { signal } = abort
    const baked = await bakeProject(context, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    if (baked) return await tell(context, baked)
    say('Interrupted: what was launched is ended, and no image is left')
    return INTERRUPTED
  },
}

type BakedProject = Baked & { region: string | undefined; profile: string | undefined }

async function bakeProject({ flags }: Context, signal: AbortSignal): Promise<BakedProject> {
  const { options, root } = await loadProject([])
  const { settings } = openContext(flags, [], options)
  const { kind, spec } = findKind(settings, flags['kind'])
  const types = flags['type']
  const said = new Set<string>()
  const baked = await bake({
    settings,
    kind,
    spec,
    ...(Array.isArray(types) && { types: types.map(String) }),
    root,
    signal,
    onPlan: ({ summary, usdPerHour }, image) => {
      const rate = usdPerHour === undefined ? '' : ` ≈ $${usdPerHour.toFixed(2)}/h`
      say(`Bakes \`${image}\` with Node ${process.version} and the packages of ${root}, on ${summary}${rate}`)
    },
    onPhase(phase) {
      if (said.has(phase.phase)) return
      said.add(phase.phase)
      if (phase.phase === 'stopping' || phase.phase === 'imaging') say(phase.phase)
      else say(describePhase(phase))
    },
    notice: say,
  })
  return { ...baked, region: settings.region, profile: settings.profile }
}

async function tell(context: Context, { image, of, packages, region, profile }: BakedProject): Promise<number> {
  const { ImageId = '' } = image
  const account = await openContext({ ...(region && { region }), ...(profile && { profile }) }, []).open()
  const [images, usd] = await Promise.all([listBaked(account), snapshotPrice(account)])
  const unused = findUnused(images)
  const lines = [
    `${ImageId} has \`${of}\` with Node ${process.version} and ${packages} packages. It costs at most ${monthlyCost([image], usd)} a month.`,
    `Your runs start hosts of \`${of}\` from it by themselves; others in this account by \`image: '${ImageId}'\`.`,
    ...(unused.length > 0
      ? [
          `${listed(unused)} cost at most ${monthlyCost(unused, usd)} a month, and no run uses them: npx vitest-ec2 bake --prune`,
        ]
      : []),
  ]
  context.print(lines.join('\n'), {
    image: ImageId,
    of,
    packages,
    unused: unused.map((other) => other.ImageId),
  })
  return 0
}

async function prune({ open, print, confirm }: Context): Promise<number> {
  const account = await open()
  const [images, usd] = await Promise.all([listBaked(account), snapshotPrice(account)])
  const unused = findUnused(images)
  if (unused.length === 0) {
    print(`${account.owner.name} has no image in ${account.region} that no run uses.`, [])
    return 0
  }
  console.error(
    toTable(toImageRows(images, usd).filter(({ image }) => unused.some(({ ImageId }) => ImageId === image))),
  )
  if (!(await confirm(`Remove ${unused.length === 1 ? 'it' : `these ${unused.length}`} with their snapshots?`)))
    return 2
  for (const image of unused) await removeImage(account, image)
  print(
    `Removed ${listed(unused)}.`,
    unused.map(({ ImageId }) => ImageId),
  )
  return 0
}

function listed(images: readonly Image[]): string {
  return images.map(({ ImageId }) => ImageId).join(', ')
}

function say(line: string): void {
  console.error(` EC2  ${line}`)
}
