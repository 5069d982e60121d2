import type { Account } from './account.ts'
import { isDenied } from './explain-error.ts'
import { leastPolicy, type Statement } from './policy.ts'
import { TAG } from './tags.ts'

export interface Denial {
  action: string
  /** the statement of the least policy that would allow it */
  statement: string
}

/**
 * Asks IAM what the caller may do of all that the least policy allows: nothing is tried. Nothing where IAM may not be
 * asked, or knows no answer, as of the root user.
 */
export async function simulate(account: Account): Promise<{ asked: number; denied: Denial[] } | undefined> {
  const principal = await findPrincipal(account)
  if (principal === undefined) return undefined
  const { Statement: statements } = leastPolicy({ account: account.id, region: account.region })
  try {
    const found = await Promise.all(statements.map((statement) => ask(account, principal, statement)))
    return { asked: statements.reduce((sum, { Action }) => sum + Action.length, 0), denied: found.flat() }
  } catch (error) {
    if (isDenied(error)) return undefined
    throw error
  }
}

/** IAM answers for users and roles, and not for a session of one. */
async function findPrincipal({ arn, clients }: Account): Promise<string | undefined> {
  if (/:user\//.test(arn)) return arn
  const role = /:assumed-role\/([^/]+)\//.exec(arn)?.[1]
  if (role === undefined) return undefined
  const iam = await clients.iam()
  const found = await iam.getRole({ RoleName: role }).catch((error: unknown) => {
    if (!isDenied(error)) throw error
  })
  return found?.Role?.Arn ?? arn.replace(/:sts:(.*):assumed-role\/([^/]+)\/.*$/, ':iam:$1:role/$2')
}

async function ask(account: Account, principal: string, statement: Statement): Promise<Denial[]> {
  const iam = await account.clients.iam()
  const { EvaluationResults = [] } = await iam.simulatePrincipalPolicy({
    PolicySourceArn: principal,
    ActionNames: statement.Action,
    ResourceArns: [statement.Resource].flat().map((pattern) => toExample(pattern, account)),
    ContextEntries: contextOf(account),
  })
  const allowed = new Set(
    EvaluationResults.flatMap(({ EvalActionName = '', EvalDecision, ResourceSpecificResults = [] }) => {
      // An action counts as allowed when it is on one of the resources: not each takes all of them.
      const decisions = [EvalDecision, ...ResourceSpecificResults.map((result) => result.EvalResourceDecision)]
      return decisions.includes('allowed') ? [EvalActionName] : []
    }),
  )
  return statement.Action.filter((action) => !allowed.has(action)).map((action) => ({
    action,
    statement: statement.Sid,
  }))
}

/** Something that a pattern of ours would match. */
function toExample(pattern: string, { owner, region }: Account): string {
  if (pattern === '*') return pattern
  return pattern.replace(/vitest-ec2-\*/, `vitest-ec2-${owner.name}-${region}`).replaceAll('*', 'example')
}

function contextOf({
  owner,
}: Account): { ContextKeyName: string; ContextKeyType: 'string' | 'numeric'; ContextKeyValues: string[] }[] {
  const values: [string, string | number][] = [
    [`aws:RequestTag/${TAG.owner}`, owner.name],
    [`aws:ResourceTag/${TAG.owner}`, owner.name],
    ['iam:PassedToService', 'ec2.amazonaws.com'],
    ['iam:AWSServiceName', 'spot.amazonaws.com'],
    ['ec2:CreateAction', 'CreateImage'],
    ['ec2-instance-connect:remotePort', 22],
  ]
  return values.map(([ContextKeyName, value]) => ({
    ContextKeyName,
    ContextKeyType: typeof value === 'number' ? 'numeric' : 'string',
    ContextKeyValues: [String(value)],
  }))
}
