import { setTimeout as sleep } from 'node:timers/promises'
import type { Account } from './account.ts'
import { isDenied } from './explain-error.ts'
import { ensureRole } from './instance-profile.ts'
import { TAG } from './tags.ts'

/** A new role is not known to the scheduler for some seconds. */
const ROLE_TRIES = 8

/**
 * Asks EventBridge Scheduler to end an instance at a time, from outside both ends: it needs neither this machine nor a
 * working host. `signal`: the instance has ended. Where the caller may not, a sentence says so and the other clocks have to do.
 */
export async function scheduleEnd(account: Account, instance: string, at: Date, signal: AbortSignal): Promise<void> {
  try {
    const role = await ensureSchedulerRole(account)
    if (!role) return
    const scheduler = await account.clients.scheduler()
    for (let attempt = 1; ; attempt += 1) {
      try {
        await scheduler.createSchedule({
          Name: nameOf(instance),
          ScheduleExpression: `at(${at.toISOString().slice(0, 19)})`,
          ScheduleExpressionTimezone: 'UTC',
          FlexibleTimeWindow: { Mode: 'OFF' },
          ActionAfterCompletion: 'DELETE',
          Description: `Ends a host of ${account.owner.name} at its maximum age`,
          Target: {
            Arn: 'arn:aws:scheduler:::aws-sdk:ec2:terminateInstances',
            RoleArn: role,
            Input: JSON.stringify({ InstanceIds: [instance] }),
          },
        })
        return
      } catch (error) {
        if (attempt === ROLE_TRIES || !/execution role/.test(String(error))) throw error
        await sleep(2000, undefined, { signal })
      }
    }
  } catch (error) {
    if (signal.aborted) return // it ended before
    account.notice(`No schedule outside ${instance} ends it at its maximum age: ${(error as Error).message}`)
  }
}

/** Takes the schedule of an instance back that has ended before. */
export async function unschedule(account: Account, instance: string): Promise<void> {
  if (!account.read().schedulerRole) return
  const scheduler = await account.clients.scheduler()
  await scheduler.deleteSchedule({ Name: nameOf(instance) }).catch(() => {}) // it deletes itself when its time comes
}

/** The role with which the scheduler ends this owner's instances, and nothing else; nothing where it may not be made. */
export async function ensureSchedulerRole(account: Account): Promise<string | undefined> {
  const known = account.read().schedulerRole
  if (known !== undefined) return known || undefined
  if (account.settings.iam.instanceProfile === false) return undefined // the user said: no IAM
  try {
    const name = `vitest-ec2-${account.owner.name}-${account.region}-scheduler`
    const arn = await ensureRole(account, name, 'scheduler.amazonaws.com')
    const iam = await account.clients.iam()
    await iam.putRolePolicy({
      RoleName: name,
      PolicyName: 'terminate',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'ec2:TerminateInstances',
            Resource: `arn:aws:ec2:${account.region}:${account.id}:instance/*`,
            Condition: { StringEquals: { [`aws:ResourceTag/${TAG.owner}`]: account.owner.name } },
          },
        ],
      }),
    })
    account.update((state) => (state.schedulerRole = arn))
    return arn
  } catch (error) {
    if (isDenied(error)) account.update((state) => (state.schedulerRole = false))
    throw error
  }
}

function nameOf(instance: string): string {
  return `vitest-ec2-${instance}`
}
