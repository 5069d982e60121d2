import type { Image } from '@aws-sdk/client-ec2'
import { randomUUID } from 'node:crypto'
import { createImage } from '../ec2/create-image.ts'
import { createEc2Provider } from '../ec2/ec2-provider.ts'
import { findBaseImage } from '../ec2/images.ts'
import { createPackStore } from '../ec2/pack-store.ts'
import { forgetImages } from '../ec2/remove-image.ts'
import { findWantedImage } from '../ec2/survey.ts'
import type { HostPhase, HostPlan } from '../fleet/compute-provider.ts'
import { targetOf } from '../fleet/views.ts'
import { openHostSession } from '../host/open-host-session.ts'
import type { ResolvedEc2Options } from '../options-resolve.ts'
import type { InstanceSpec } from '../options.ts'
import { connectSsh } from '../ssh/connect-ssh.ts'
import { findDeclaredPackages } from '../sync/declared-packages.ts'
import { createWorkspaceSync } from '../sync/workspace-sync.ts'
import { forgetHost } from './forget.ts'

export interface BakeOptions {
  settings: ResolvedEc2Options
  kind: string
  spec: InstanceSpec
  /** to bake on, in order of preference; those of the spec without it */
  types?: string[]
  /** absolute folder whose packages go into the image */
  root: string
  signal: AbortSignal
  onPlan: (plan: HostPlan, image: string) => void
  onPhase: (phase: HostPhase | { phase: 'stopping' } | { phase: 'imaging' }) => void
  notice: (sentence: string) => void
}

export interface Baked {
  image: Image
  /** what specs call it */
  of: string
  /** packages in it */
  packages: number
}

/**
 * Launches an instance of a kind, brings there what every run brings to a new host (Node, the agent, the packages that the
 * workspace asks for), makes an image of it, and ends it. Nothing is left when it rejects: no instance, image or snapshot.
 * @throws Ec2Error as a launch and a sync do, and `EC2_API` when AWS cannot make the image
 */
export async function bake(options: BakeOptions): Promise<Baked> {
  const { settings, kind, root, signal, onPhase, notice } = options
  const run = `bake-${randomUUID().slice(0, 8)}`
  const provider = createEc2Provider({ settings, run, connect: connectSsh, notice, ignoresBaked: true })
  try {
    const account = await provider.account()
    const wanted = await findWantedImage(account, options.spec)
    const { name: of } = wanted
    const demand = { kind, spec: toSpec(options, of), maxHosts: 1 }
    options.onPlan(await provider.plan(demand), of)
    const base = await findBaseImage(account.clients, wanted, account.region)
    const host = await provider.launch(demand, { run, attempt: 1, signal, onPhase })
    const session = await openHostSession(await host.connect({ signal, onPhase }), { run, signal, onPhase })
    const bucket = await provider.bucket()
    const blobs = async () => bucket && createPackStore(bucket)
    // The workspace changes with every run, and what is deleted in it is not to live on in an image.
    const workspace = createWorkspaceSync({ exclude: ['**'], blobs, onNotice: () => {} })
    const packages = await findDeclaredPackages(root, settings.sync.exclude)
    const onProgress = (progress: { doneBytes: number; totalBytes: number }) =>
      onPhase({ phase: 'syncing', ...progress })
    await workspace.sync(targetOf(session), { root, packages, outputs: [], signal, onProgress })
    await session.close({ end: true })
    const connection = await host.connect({ signal, onPhase: () => {} })
    await forgetHost(connection, signal)
    const user = options.spec.user ?? base.user
    const image = await createImage(account, { instance: host.id, of, base: base.id, user, signal, onPhase })
    await connection.close()
    forgetImages(account)
    return { image, of, packages: packages.length }
  } finally {
    await provider.close()
  }
}

/** The image is that of the kind, whatever it is baked on; a spot instance of one request cannot be stopped. */
function toSpec({ spec, types = spec.instanceTypes }: BakeOptions, image: string): InstanceSpec {
  return { ...spec, image, market: 'on-demand', ...(types && { instanceTypes: types }) }
}
