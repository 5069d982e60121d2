import type { IpPermission } from '@aws-sdk/client-ec2'
import type { Account } from './account.ts'
import { awsCode } from './explain-error.ts'
import { lastingTags, tagged } from './tags.ts'

/**
 * The security group of this owner in a VPC: SSH from the ranges and security groups in `allowed`, and nothing else, gets in. Returns its id.
 * What earlier addresses of this machine were allowed is taken back; other machines' rules are left.
 */
export async function ensureSecurityGroup(account: Account, vpc: string, allowed: readonly string[]): Promise<string> {
  const ec2 = await account.clients.ec2()
  const name = `vitest-ec2-${account.owner.name}`
  const find = async () => {
    const filters = { 'group-name': name, 'vpc-id': vpc }
    const { SecurityGroups } = await ec2.describeSecurityGroups({
      Filters: Object.entries(filters).map(([Name, value]) => ({ Name, Values: [value] })),
    })
    return SecurityGroups?.[0]
  }
  let group = await find()
  let id = group?.GroupId
  if (!id) {
    try {
      const made = await ec2.createSecurityGroup({
        GroupName: name,
        Description: `SSH to hosts of vitest-ec2, from ${account.owner.label} only`.replace(
          /[^\w .:/()#,@[\]+=&;{}!$*-]/g,
          '-',
        ),
        VpcId: vpc,
        TagSpecifications: tagged('security-group', lastingTags(name, account.owner, account.settings.tags)),
      })
      id = made.GroupId!
    } catch (error) {
      if (awsCode(error) !== 'InvalidGroup.Duplicate') throw error
      group = await find() // somebody else of this owner was faster
      id = group!.GroupId!
    }
  }
  await admit(account, id, group?.IpPermissions ?? [], allowed)
  account.update((state) => (state.securityGroups[vpc] = { id, allowed: [...allowed] }))
  return id
}

async function admit(
  account: Account,
  id: string,
  rules: readonly IpPermission[],
  allowed: readonly string[],
): Promise<void> {
  const ec2 = await account.clients.ec2()
  const description = `machine ${account.owner.machine}`
  const present = rules.flatMap(({ IpRanges = [], Ipv6Ranges = [], UserIdGroupPairs = [] }) => [
    ...IpRanges.map(({ CidrIp, Description }) => ({ range: CidrIp ?? '', description: Description })),
    ...Ipv6Ranges.map(({ CidrIpv6, Description }) => ({ range: CidrIpv6 ?? '', description: Description })),
    ...UserIdGroupPairs.map(({ GroupId, Description }) => ({ range: GroupId ?? '', description: Description })),
  ])
  const stale = present.filter((rule) => rule.description === description && !allowed.includes(rule.range))
  const missing = allowed.filter((range) => !present.some((rule) => rule.range === range))
  const authorize = async () => {
    await ec2
      .authorizeSecurityGroupIngress({ GroupId: id, IpPermissions: missing.map((range) => toRule(range, description)) })
      .catch(unless('InvalidPermission.Duplicate'))
  }
  const revoke = async (rules: readonly { range: string }[]) => {
    await ec2
      .revokeSecurityGroupIngress({ GroupId: id, IpPermissions: rules.map(({ range }) => toRule(range)) })
      .catch(unless('InvalidPermission.NotFound'))
  }
  if (missing.length > 0) {
    try {
      await authorize()
    } catch (error) {
      // Machines that live for one CI job leave their addresses behind; connections that stand are not cut by this.
      const others = present.filter((rule) => rule.description?.startsWith('machine ') && !allowed.includes(rule.range))
      if (awsCode(error) !== 'RulesPerSecurityGroupLimitExceeded' || others.length === 0) throw error
      await revoke(others)
      await authorize()
    }
  }
  if (stale.length > 0) await revoke(stale)
}

function toRule(range: string, Description?: string): IpPermission {
  const about = Description === undefined ? {} : { Description }
  const ranges = range.startsWith('sg-')
    ? { UserIdGroupPairs: [{ GroupId: range, ...about }] }
    : range.includes(':')
      ? { Ipv6Ranges: [{ CidrIpv6: range, ...about }] }
      : { IpRanges: [{ CidrIp: range, ...about }] }
  return { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, ...ranges }
}

function unless(code: string): (error: unknown) => void {
  return (error) => {
    if (awsCode(error) !== code) throw error
  }
}
