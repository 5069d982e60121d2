import { setTimeout as sleep } from 'node:timers/promises'
import { Ec2Error } from '../errors.ts'
import type { Account } from './account.ts'
import { awsCode, isDenied } from './explain-error.ts'
import { TAG } from './tags.ts'

const TRIES = 5
const ENDED = new Set(['shutting-down', 'terminated'])

/**
 * Ends instances and makes sure that they do. Resolves when AWS says that they shut down: from then on they cost nothing.
 * @throws the last error of AWS when it could not be done
 */
export async function terminate(account: Account, ids: readonly string[]): Promise<void> {
  const ec2 = await account.clients.ec2()
  let left = [...ids]
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { TerminatingInstances = [] } = await ec2.terminateInstances({ InstanceIds: left })
      const ended = TerminatingInstances.filter(({ CurrentState }) => ENDED.has(CurrentState?.Name ?? ''))
      left = left.filter((id) => !ended.some(({ InstanceId }) => InstanceId === id))
      if (left.length === 0) return
    } catch (error) {
      // Just launched and not known everywhere yet, or long gone.
      // Trying again does not help, and there are other ways to end a host.
      if (error instanceof Ec2Error && (error.code === 'EC2_CREDENTIALS' || isDenied(error))) throw error
      const isUnknown = awsCode(error) === 'InvalidInstanceID.NotFound'
      if (attempt === TRIES) {
        if (isUnknown) return
        throw error
      }
    }
    await sleep(400 * 2 ** attempt)
  }
}

/** The instances that a launch with this token made and that still run. */
export async function findByToken(account: Account, token: string): Promise<string[]> {
  const ec2 = await account.clients.ec2()
  const { Reservations = [] } = await ec2.describeInstances({
    Filters: [
      { Name: `tag:${TAG.token}`, Values: [token] },
      { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
    ],
  })
  return Reservations.flatMap(({ Instances = [] }) => Instances.flatMap(({ InstanceId }) => InstanceId ?? []))
}
