import type { Account } from '../ec2/account.ts'
import type { Connect } from '../ec2/ec2-host.ts'
import type { Ec2Provider } from '../ec2/ec2-provider.ts'
import type { MirroredWorkspace } from '../ec2/journal.ts'
import type { ComputeProvider } from '../fleet/compute-provider.ts'
import type { ResolvedEc2Options } from '../options-resolve.ts'
import type { BlobStore } from '../sync/sync-target.ts'

export interface AwsOptions {
  options: ResolvedEc2Options
  run: string
  workspace?: MirroredWorkspace
  notice: (sentence: string) => void
  connect: Connect
  /** see `Ec2ProviderOptions` */
  onSwept?: (account: Account) => Promise<void>
}

/** What AWS has for one run. Its code is loaded when the first of it is asked for. */
export interface Aws {
  /** launches and ends instances */
  instances: ComputeProvider
  /** an instance that runs already */
  running(instanceId: string): ComputeProvider
  /** the bucket for packs; nothing where there is none */
  blobs: () => Promise<BlobStore | undefined>
}

export function createAws({ options: settings, notice, connect, ...ofRun }: AwsOptions): Aws {
  const load = once(async (): Promise<Ec2Provider> => {
    const { createEc2Provider } = await import('../ec2/ec2-provider.ts')
    return createEc2Provider({ settings, connect, notice, ...ofRun })
  })
  return {
    instances: createLazyProvider(load),
    running: (instanceId) =>
      createLazyProvider(
        once(async () => {
          const [{ createRunningProvider }, { createClients }, { findOwner }, { findStateDir }] = await Promise.all([
            import('../ec2/running-provider.ts'),
            import('../ec2/clients.ts'),
            import('../ec2/owner.ts'),
            import('../ec2/state.ts'),
          ])
          const stateDir = findStateDir()
          const clients = createClients({ region: settings.region, profile: settings.profile })
          return createRunningProvider({
            instanceId,
            connect,
            clients,
            owner: findOwner(stateDir),
            settings,
            stateDir,
            notice,
          })
        }),
      ),
    async blobs() {
      if (settings.bucket === false) return undefined
      const found = await (await load()).bucket()
      if (!found) return undefined
      const { createPackStore } = await import('../ec2/pack-store.ts')
      return createPackStore(found)
    },
  }
}

function createLazyProvider(load: () => Promise<ComputeProvider>): ComputeProvider {
  let loaded: Promise<ComputeProvider> | undefined
  const get = () => (loaded ??= load())
  return {
    name: 'ec2',
    plan: async (demand) => await (await get()).plan(demand),
    findWarm: async (demand) => await (await get()).findWarm(demand),
    launch: async (demand, options) => await (await get()).launch(demand, options),
    close: async () => await (await loaded?.catch(() => undefined))?.close(),
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
