import type { Ec2Error } from '../../errors.ts'
import type { Account } from '../account.ts'
import { awsCode, isDenied } from '../explain-error.ts'
import { findImage } from '../images.ts'
import { chooseTypes } from '../instance-types.ts'
import { findNetwork } from '../network.ts'
import { whatIsLost } from '../policy.ts'
import { simulate, type Denial } from '../simulate.ts'
import { findWantedImage } from '../survey.ts'
import { lastingTags, tagged } from '../tags.ts'
import type { Check, Found } from './check.ts'

const FIX = 'Ask for the policy that `npx vitest-ec2 policy` prints.'

/** Every call that a run needs: what EC2 would do (`DryRun`), and what IAM says of the others. */
export const checkPermissions: Check = async (account, { spec }) => {
  const [dry, simulated] = await Promise.all([tryDry(account, spec), simulate(account)])
  if (dry.denied.length > 0) {
    return { status: 'failure', detail: dry.denied.map(({ message }) => message).join('; '), fix: FIX }
  }
  if (!simulated) {
    const rest = account.arn.endsWith(':root')
      ? 'the root user may do all'
      : '`iam:SimulatePrincipalPolicy` may not be asked about the rest'
    return `${dry.tried.join(', ')} are allowed; ${rest}`
  }
  // What EC2 itself would do is known already, and better.
  const denied = simulated.denied.filter(({ action }) => !dry.tried.includes(action))
  return denied.length > 0 ? describe(account, denied) : `all ${simulated.asked} that a run may need are allowed`
}

function describe({ settings }: Account, denied: readonly Denial[]): Found {
  const isNeeded = ({ statement }: Denial) =>
    whatIsLost(statement) === undefined || (statement === 'Tunnels' && settings.network.connect === 'endpoint')
  const needed = denied.filter(isNeeded)
  const byLoss = Map.groupBy(
    denied.filter((denial) => !isNeeded(denial)),
    ({ statement }) => whatIsLost(statement),
  )
  const list = (some: readonly Denial[]) => [...new Set(some.map(({ action }) => `\`${action}\``))].join(', ')
  const parts = [
    ...(needed.length > 0 ? [`the caller may not do ${list(needed)}`] : []),
    ...[...byLoss].map(([loss, some]) => `without ${list(some)} ${loss}`),
  ]
  return { status: needed.length > 0 ? 'failure' : 'warning', detail: parts.join('; '), fix: FIX }
}

/** EC2 says whether it would, and does not. Tagged as a run tags: policies may ask for it. */
async function tryDry(
  account: Account,
  spec: Parameters<Check>[1]['spec'],
): Promise<{ tried: string[]; denied: Ec2Error[] }> {
  const { owner, settings, clients } = account
  const ec2 = await clients.ec2()
  const [image, { vpc, subnets }] = await Promise.all([
    findWantedImage(account, spec).then((wanted) => findImage(account, wanted)),
    findNetwork(clients, settings.network, account.region),
  ])
  const DryRun = true
  const name = 'vitest-ec2-doctor'
  const tags = lastingTags(name, owner, settings.tags)
  const InstanceType = chooseTypes(spec)[0]?.name as never
  const place = { ImageId: image.id, InstanceType, SubnetId: subnets[0]?.id, MinCount: 1, MaxCount: 1 }
  const PublicKeyMaterial = Buffer.from(
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3yGZ3pVQ0m2mJp0bO2yYx5m4y4yZ5xq0oFJ0b3b2aA',
  )
  const tries = {
    'ec2:RunInstances': () =>
      ec2.runInstances({
        DryRun,
        ...place,
        TagSpecifications: [...tagged('instance', tags), ...tagged('volume', tags)],
      }),
    'ec2:CreateSecurityGroup': () =>
      ec2.createSecurityGroup({
        DryRun,
        GroupName: name,
        Description: 'never made',
        VpcId: vpc,
        TagSpecifications: tagged('security-group', tags),
      }),
    'ec2:ImportKeyPair': () =>
      ec2.importKeyPair({ DryRun, KeyName: name, PublicKeyMaterial, TagSpecifications: tagged('key-pair', tags) }),
    'ec2:CreateLaunchTemplate': () =>
      ec2.createLaunchTemplate({
        DryRun,
        LaunchTemplateName: name,
        LaunchTemplateData: { ImageId: image.id },
        TagSpecifications: tagged('launch-template', tags),
      }),
  }
  const denied: Ec2Error[] = []
  await Promise.all(
    Object.values(tries).map(async (attempt) => {
      try {
        await attempt()
      } catch (error) {
        if (isDenied(error)) denied.push(error as Ec2Error)
        else if (awsCode(error) !== 'DryRunOperation') throw error
      }
    }),
  )
  return { tried: Object.keys(tries), denied }
}
