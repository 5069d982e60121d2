import { join } from 'node:path'
import { IAM } from '@aws-sdk/client-iam'
import { S3 } from '@aws-sdk/client-s3'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { ComputeHost } from '../src/fleet/compute-provider.ts'
import { alive, aws, createClient, demand, launch, rig } from './support/ec2-rig.ts'
import { openOwnProject, type OwnProject } from './support/own-project.ts'

/** What a command is expected to do: its exit code, and what it says. */
type Expected = [command: string[], code: number, says: RegExp]

const options = { signal: new AbortController().signal, onPhase: () => {} }

beforeEach(() => rig.reset())

describe('on an account with nothing of ours in it', () => {
  test.each<Expected>([
    [['doctor'], 0, /✓ credentials/],
    [['policy'], 0, /"Version": "2012-10-17"/],
    [['setup'], 0, /security group +sg-\w+ +made/],
    [['destroy', '--yes'], 0, /^Nothing of .* is in us-east-1/],
    [['ls'], 0, /^No host of .* runs in us-east-1\.$/m],
    [['ls', '--all'], 0, /^No host runs in us-east-1\.$/m],
    [['ls', '--images'], 0, /has baked no image in us-east-1/],
    [['down', '--yes'], 0, /^No host of .* runs/],
    [['down', 'i-0123456789abcdef0', '--yes'], 1, /EC2_HOST {2}No host i-0123456789abcdef0 runs[^]*ls --all/],
    [['cost'], 0, /^No host was launched from here\.$/m],
    [['ssh'], 1, /EC2_HOST {2}No host of .* runs[^]*ls --all/],
    [['exec', '--', 'true'], 1, /EC2_HOST {2}No host of .* runs/],
    [['logs'], 1, /EC2_HOST {2}No host of .* runs/],
    [['exec', 'i-0123456789abcdef0', '--', 'true'], 1, /EC2_HOST {2}i-0123456789abcdef0 is not in us-east-1/],
    [['attach'], 1, /EC2_HOST {2}There is no bucket of detached runs[^]*run --detach/],
    [['bake', '--prune', '--yes'], 0, /has no image in us-east-1 that no run uses/],
  ])('vitest-ec2 %j', async (command, code, says) => {
    expect(await outcomeOf(openOwnProject({}), command)).toMatchObject({ code, said: expect.stringMatching(says) })
  })
})

describe('in a project whose configuration names a region', () => {
  const config = (rest: string) => ({
    'vitest.config.ts': `import { ec2 } from 'vitest-pool-ec2'\nexport default { plugins: [ec2({ region: 'eu-west-1' })] }\n${rest}`,
  })

  test.each<Expected>([
    [
      ['ls'],
      0,
      /^In eu-west-1, .* not us-east-1 of the environment[^]*^No host of .* runs in eu-west-1\.$|^No host of .* runs in eu-west-1\.$/m,
    ],
    [['down', '--yes'], 0, /^No host of .* runs in eu-west-1\.$/m],
    [['destroy', '--yes'], 0, /^Nothing of .* is in eu-west-1/m],
    [['exec', '--', 'true'], 1, /EC2_HOST {2}No host of .* runs in eu-west-1/],
    [['attach'], 1, /no bucket of detached runs in eu-west-1/],
    [['ls', '--region', 'us-west-2'], 0, /^No host of .* runs in us-west-2\.\n$/],
  ])('vitest-ec2 %j looks there, unless a flag says otherwise', async (command, code, says) => {
    expect(await outcomeOf(openOwnProject(config('')), command)).toMatchObject({
      code,
      said: expect.stringMatching(says),
    })
  })

  test('that is broken, hosts are listed all the same', async () => {
    const outcome = await outcomeOf(openOwnProject(config('throw new Error(`oops`)')), ['ls'])
    expect(outcome).toMatchObject({ code: 0, said: expect.stringMatching(/^No host of .* runs in us-east-1\.$/m) })
    expect(outcome.said).toMatch(/Without the configuration here, which cannot be read: .*oops/)
  })
})

describe('on an account where a host runs', () => {
  test('every command does what it is for', async () => {
    const own = openOwnProject({})
    expect(await own.command(['setup']).ended).toMatchObject({ code: 0 })
    const { id } = await launchOwn(own)
    const all: Expected[] = [
      [['doctor'], 0, /✓ leftovers +1 run, none is left over/],
      [['setup'], 0, /security group +sg-\w+ +was there/],
      [['ls'], 0, new RegExp(`${id} +g4dn\\.xlarge +spot`)],
      [['exec', '--', 'echo', 'there'], 0, /^there$/m],
      [['exec', id, '--', 'sh', '-c', 'exit 3'], 3, /^$/],
      [['logs', '-n', '5'], 0, /── \/var\/log\/cloud-init-output\.log/],
      [['logs', id, '--console'], 0, /\w/],
      [['ssh'], 0, /^/],
      [['cost'], 0, new RegExp(`${id}[^]*Together \\$0\\.`)],
      [['destroy'], 2, new RegExp(`instance +${id}[^]*Nobody is there to be asked`)],
      [['down'], 2, new RegExp(`${id}[^]*Nobody is there to be asked`)],
      [['down', '--yes'], 0, new RegExp(`^Ended ${id}\\.$`, 'm')],
      [['destroy', '--yes'], 0, /^Removed 6 things\.$/m],
    ]
    for (const expected of all) await check(own, expected)
    await expect.poll(alive).toEqual([])
  })
})

describe('on an account of which others have taken parts away', () => {
  const iam = new IAM({ region: 'us-east-1' })
  const s3 = new S3({ region: 'us-east-1', forcePathStyle: true })
  const broken: Record<string, () => Promise<unknown>> = {
    'the security group': async () => {
      const { SecurityGroups = [] } = await aws.describeSecurityGroups({
        Filters: [{ Name: 'group-name', Values: ['vitest-ec2-*'] }],
      })
      await aws.deleteSecurityGroup({ GroupId: SecurityGroups[0]?.GroupId })
    },
    'the launch template': async () => {
      const { LaunchTemplates = [] } = await aws.describeLaunchTemplates({})
      await aws.deleteLaunchTemplate({ LaunchTemplateId: LaunchTemplates[0]?.LaunchTemplateId })
    },
    'the key pair': async () => {
      const { KeyPairs = [] } = await aws.describeKeyPairs({})
      await aws.deleteKeyPair({ KeyName: KeyPairs[0]?.KeyName })
    },
    'the role': async () => {
      const { InstanceProfiles = [] } = await iam.listInstanceProfiles({})
      const [profile] = InstanceProfiles
      const RoleName = profile?.Roles?.[0]?.RoleName
      const InstanceProfileName = profile?.InstanceProfileName
      await iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName })
      await iam.deleteRolePolicy({ RoleName, PolicyName: 'bucket' })
      await iam.deleteRole({ RoleName })
    },
    'the instance profile': async () => {
      const { InstanceProfiles = [] } = await iam.listInstanceProfiles({})
      const [profile] = InstanceProfiles
      const InstanceProfileName = profile?.InstanceProfileName
      await iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName: profile?.Roles?.[0]?.RoleName })
      await iam.deleteInstanceProfile({ InstanceProfileName })
    },
    'the bucket': async () => {
      const { Buckets = [] } = await s3.listBuckets({})
      await s3.deleteBucket({ Bucket: Buckets[0]?.Name ?? '' })
    },
  }

  test.each(Object.keys(broken))('%s: a run mends it, and destroy removes the rest', async (part) => {
    const own = openOwnProject({})
    const prepared = JSON.parse((await own.command(['setup', '--json']).ended).stdout) as unknown[]
    await broken[part]!()
    await check(own, [['doctor'], 0, /✓ permissions/])
    await check(own, [['ls'], 0, /^No host of/m])
    const { id } = await launchOwn(own)
    await check(own, [['exec', id, '--', 'echo', 'there'], 0, /^there$/m])
    const again = JSON.parse((await own.command(['setup', '--json']).ended).stdout) as unknown[]
    expect(again).toHaveLength(prepared.length)
    await check(own, [['down', '--yes'], 0, /^Ended/m])
    await expect.poll(notTerminated, { timeout: 30_000 }).toEqual([]) // what an instance uses cannot be taken away before
    await broken[part]!()
    await check(own, [['destroy', '--yes'], 0, /^Removed \d things\.$/m])
    await check(own, [['destroy', '--yes'], 0, /^Nothing of/m])
  })

  test('a host that somebody stopped is named as such, and ended', async () => {
    const own = openOwnProject({})
    const { id } = await launchOwn(own, 'on-demand')
    await aws.stopInstances({ InstanceIds: [id] })
    await expect.poll(async () => (await alive())[0]?.State?.Name).toBe('stopped')
    await check(own, [['ls'], 0, new RegExp(`${id} .*stopped`)])
    await check(own, [['exec', '--', 'true'], 1, new RegExp(`EC2_HOST {2}${id} is stopped in us-east-1`)])
    await check(own, [['down', '--yes'], 0, new RegExp(`^Ended ${id}\\.$`, 'm')])
    await expect.poll(alive).toEqual([])
  })
})

/** States of instances that are not quite gone. */
async function notTerminated(): Promise<string[]> {
  const { Reservations = [] } = await aws.describeInstances({})
  const states = Reservations.flatMap(({ Instances = [] }) => Instances.map(({ State }) => State?.Name ?? ''))
  return states.filter((state) => state !== 'terminated')
}

async function outcomeOf({ command }: OwnProject, args: string[]): Promise<{ code: number | null; said: string }> {
  const { code, stdout, stderr } = await command(args).ended
  return { code, said: stdout + stderr }
}

async function check(own: OwnProject, [command, code, says]: Expected): Promise<void> {
  const outcome = { command, ...(await outcomeOf(own, command)) }
  expect(outcome).toEqual({ command, code, said: expect.stringMatching(says) })
}

/** A host of whoever has that home, which answers. */
async function launchOwn({ home }: OwnProject, market: 'spot' | 'on-demand' = 'spot'): Promise<ComputeHost> {
  const client = createClient(join(home, 'state/vitest-ec2'))
  onTestFinished(() => client[Symbol.asyncDispose]())
  const host = await launch(client.open(), demand({ market }))
  await host.connect(options)
  return host
}
