import type { ComputeProvider } from '../fleet/compute-provider.ts'
import { Ec2Error } from '../errors.ts'
import { openAccount, type AccountOptions } from './account.ts'
import type { Connect } from './ec2-host.ts'
import { awsCode } from './explain-error.ts'
import { readRecords } from './host-record.ts'
import { findRoute, transportOf } from './route.ts'
import { findLoginKey } from './ssh-keys.ts'

export interface RunningProviderOptions extends AccountOptions {
  instanceId: string
  /** who logs in; by default who did when it was launched from here, else `ubuntu` */
  user?: string
  connect: Connect
}

/**
 * One instance that runs already (`VITEST_EC2_HOST=i-…`): used, never ended. Launched from here, its key is known from
 * then; otherwise `known_hosts` and the user's own keys decide, as with any machine of theirs.
 */
export function createRunningProvider({
  instanceId,
  user,
  connect,
  ...options
}: RunningProviderOptions): ComputeProvider {
  return {
    name: 'ec2',
    plan: async () => ({ summary: instanceId, slots: 1, gpus: 0, usdPerHour: undefined }),
    findWarm: async () => [],
    async launch() {
      const account = await openAccount(options)
      const ec2 = await account.clients.ec2()
      const { Reservations = [] } = await ec2
        .describeInstances({ InstanceIds: [instanceId] })
        .catch((error: unknown) => {
          if (awsCode(error)?.startsWith('InvalidInstanceID')) return { Reservations: [] }
          throw error
        })
      const instance = Reservations[0]?.Instances?.[0]
      if (instance?.State?.Name !== 'running') {
        throw new Ec2Error(
          'EC2_HOST',
          `${instanceId} ${instance ? `is ${instance.State?.Name}` : 'is not'} in ${account.region}`,
          {
            fix: '`npx vitest-ec2 ls --all` lists hosts that run; `aws ec2 start-instances` starts one that is stopped.',
          },
        )
      }
      const route = await findRoute(account, instance)
      if (!route) throw new Ec2Error('EC2_NETWORK', `${instanceId} has no address`)
      const record = readRecords(options.stateDir).find(({ id }) => id === instanceId)
      const known = record && {
        privateKey: findLoginKey(options.stateDir, options.owner.name).private,
        hostKeys: record.hostKeys,
      }
      const address = { host: route.address, port: 22, user: user ?? record?.user ?? 'ubuntu', ...known }
      return {
        id: instanceId,
        description: `${instance.InstanceType} ${instance.Placement?.AvailabilityZone}`,
        market: 'owned',
        usdPerHour: undefined,
        startedAt: Date.now(),
        async connect({ signal, onPhase }) {
          onPhase({ phase: 'connecting', detail: route.address })
          return await connect(address, { signal, transport: transportOf(account, route) })
        },
        terminate: async () => {},
        keepWarm: async () => {},
      }
    },
    close: async () => {},
  }
}
