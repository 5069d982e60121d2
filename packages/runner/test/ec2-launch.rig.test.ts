import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { IAM } from '@aws-sdk/client-iam'
import { S3 } from '@aws-sdk/client-s3'
import { beforeEach, expect, test } from 'vitest'
import { createClients } from '../src/ec2/clients.ts'
import { findOwner } from '../src/ec2/owner.ts'
import { createRunningProvider } from '../src/ec2/running-provider.ts'
import { resolveOptions } from '../src/options-resolve.ts'
import { connectSsh } from '../src/ssh/connect-ssh.ts'
import { alive, aws, createClient, demand, launch, rig } from './support/ec2-rig.ts'

const signal = new AbortController().signal
/** s */
const DELAY = 1
const options = { signal, onPhase: () => {} }

beforeEach(() => rig.reset())

test('makes all that is missing, and on the second run nothing', async () => {
  await using client = createClient()
  const first = client.open()
  await launch(first)
  await first.bucket()
  await first.close()
  const made = (await rig.calls()).map(({ call }) => call).filter(isCreation)
  expect(made).toEqual(
    expect.arrayContaining([
      'ec2:CreateSecurityGroup',
      'ec2:ImportKeyPair',
      'iam:CreateRole',
      'ec2:CreateLaunchTemplate',
      'ec2:CreateFleet',
    ]),
  )

  const second = client.open()
  await launch(second)
  await second.bucket()
  await second.close()
  const again = (await rig.calls()).map(({ call }) => call).filter(isCreation)
  expect(again).toEqual(['ec2:CreateFleet'])
  expect(await alive()).toEqual([])
})

test('makes one call in sequence before the launch on a prepared account', async () => {
  await using client = createClient()
  const earlier = client.open()
  await launch(earlier)
  await earlier.bucket()
  await earlier.close()
  await rig.calls()

  await rig.fault({ call: '*', delay: DELAY, times: 12 })
  await launch(client.open())
  const calls = await rig.calls()
  const first = calls.find(({ call }) => call === 'sts:GetCallerIdentity')
  const launched = calls.find(({ call }) => call === 'ec2:CreateFleet')
  // Every answer takes DELAY: in less than twice that, only one was waited for.
  expect(launched!.at - first!.at).toBeLessThan(2 * DELAY)
})

test.for([
  [{ instanceTypes: ['c7g.large', 't4g.small'] }, 'arm64'],
  [{ instanceTypes: ['t2.micro', 'c7i.xlarge'] }, 'x86_64'],
  [{ instanceTypes: ['t4g.small'], image: 'amazon-linux' }, 'arm64'],
] as const)('launches %o from an image for %s', async ([{ instanceTypes, ...spec }, arch]) => {
  await using client = createClient()
  await launch(client.open(), demand({ ...spec, instanceTypes: [...instanceTypes] }))
  const [instance] = await alive()
  expect(instance).toMatchObject({ InstanceType: instanceTypes[0] })
  const { Images = [] } = await aws.describeImages({ ImageIds: [instance!.ImageId!] })
  expect(Images.map(({ Architecture }) => Architecture)).toEqual([arch])
})

test.for([
  [
    { instanceTypes: ['c7g.large', 'c7i.xlarge'] },
    'EC2_OPTIONS',
    '`instanceTypes` has types of several architectures: c7g.large (arm64), c7i.xlarge (x86_64)',
  ],
  [
    { instanceTypes: ['c7g.large'], image: 'ami-785db401' },
    'EC2_IMAGE',
    'The image ami-785db401 is for x86_64; the types are arm64',
  ],
] as const)('launches nothing for %o', async ([{ instanceTypes, ...spec }, code, message]) => {
  await using client = createClient()
  const launching = launch(client.open(), demand({ ...spec, instanceTypes: [...instanceTypes] }))
  await expect(launching).rejects.toMatchObject({ code, message, fix: expect.any(String) })
  expect((await rig.calls()).filter(({ call }) => call === 'ec2:CreateFleet')).toEqual([])
})

test('lets only the named addresses in, and follows them', async () => {
  await using client = createClient()
  await launch(client.open())
  const ranges = async () => {
    const { SecurityGroups = [] } = await aws.describeSecurityGroups({
      Filters: [{ Name: 'group-name', Values: ['vitest-ec2-*'] }],
    })
    return SecurityGroups[0]?.IpPermissions?.flatMap(({ FromPort, ToPort, IpRanges = [] }) =>
      IpRanges.map(({ CidrIp }) => `${CidrIp} ${FromPort}-${ToPort}`),
    ).toSorted()
  }
  expect(await ranges()).toEqual(['172.31.0.1/32 22-22', '198.51.100.1/32 22-22'])
  const before = process.env['VITEST_EC2_ALLOW_FROM']
  try {
    process.env['VITEST_EC2_ALLOW_FROM'] = '198.51.100.1'
    const moved = client.open()
    const host = await launch(moved)
    await (await host.connect(options)).close()
    expect(await ranges()).toEqual(['198.51.100.1/32 22-22'])
  } finally {
    process.env['VITEST_EC2_ALLOW_FROM'] = before
  }
})

test('launches what ends when it powers off, asks for tokens and says whose it is', async () => {
  await using client = createClient()
  const provider = client.open({ tags: { team: 'art' } })
  const host = await launch(provider)
  const [instance] = await alive()
  expect(instance).toMatchObject({
    InstanceId: host.id,
    MetadataOptions: { HttpTokens: 'required' },
    InstanceLifecycle: 'spot',
  })
  const { InstanceInitiatedShutdownBehavior: behaviour } = await aws.describeInstanceAttribute({
    InstanceId: host.id,
    Attribute: 'instanceInitiatedShutdownBehavior',
  })
  expect(behaviour?.Value).toBe('terminate')
  const tags = Object.fromEntries(instance!.Tags!.map(({ Key, Value }) => [Key, Value]))
  expect(tags).toMatchObject({
    team: 'art',
    'vitest-ec2:state': 'working',
    'vitest-ec2:process': expect.stringMatching(`^${process.pid}/`),
  })
  expect(Date.parse(tags['vitest-ec2:expires-at']!)).toBeGreaterThan(Date.now() + 50 * 60_000)
  expect(instance!.IamInstanceProfile?.Arn).toContain(':instance-profile/vitest-ec2-')
})

test('keeps the bucket private, encrypted and for encrypted connections', async () => {
  await using client = createClient()
  const found = await client.open().bucket()
  const s3 = new S3({ region: 'us-east-1', forcePathStyle: true })
  const Bucket = found!.name
  expect((await s3.getPublicAccessBlock({ Bucket })).PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  })
  const { ServerSideEncryptionConfiguration: encryption } = await s3.getBucketEncryption({ Bucket })
  expect(encryption?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm).toBe('AES256')
  expect(JSON.parse((await s3.getBucketPolicy({ Bucket })).Policy!).Statement[0]).toMatchObject({
    Effect: 'Deny',
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  })
  const { Rules = [] } = await s3.getBucketLifecycleConfiguration({ Bucket })
  expect(Rules.map(({ Filter, Expiration }) => [Filter?.Prefix, Expiration?.Days])).toEqual([
    ['packs/', 30],
    ['setups/', 30],
    ['', undefined],
  ])
})

test('gives the role nothing but the bucket', async () => {
  await using client = createClient()
  await launch(client.open())
  const iam = new IAM({ region: 'us-east-1' })
  const { Roles = [] } = await iam.listRoles({})
  const role = Roles.find(({ RoleName }) => RoleName?.startsWith('vitest-ec2-') && !RoleName.endsWith('scheduler'))
  expect(JSON.parse(decodeURIComponent(role!.AssumeRolePolicyDocument!)).Statement[0].Principal).toEqual({
    Service: 'ec2.amazonaws.com',
  })
  const { PolicyDocument } = await iam.getRolePolicy({ RoleName: role!.RoleName, PolicyName: 'bucket' })
  const resources = JSON.parse(decodeURIComponent(PolicyDocument!)).Statement.map(
    ({ Resource }: { Resource: string }) => Resource,
  )
  expect(resources.every((resource: string) => resource.startsWith('arn:aws:s3:::vitest-ec2-'))).toBe(true)
})

test('keeps the login key for the user alone', async () => {
  await using client = createClient()
  await launch(client.open())
  const { KeyPairs = [] } = await aws.describeKeyPairs({})
  expect(KeyPairs).toHaveLength(1)
  const file = join(client.stateDir, 'keys', KeyPairs[0]!.KeyName!.replace('vitest-ec2-', ''))
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('connects with the key it sent along, which the host then no longer answers to', async () => {
  await using client = createClient()
  const host = await launch(client.open())
  const connection = await host.connect(options)
  expect((await connection.exec('id -un')).stdout).toBe('ubuntu\n')
  const { UserData } = await aws.describeInstanceAttribute({ InstanceId: host.id, Attribute: 'userData' })
  const sent = JSON.parse(Buffer.from(UserData!.Value!, 'base64').toString().replace('#cloud-config', ''))
  const { KeyName } = (await alive())[0]!
  const privateKey = readFileSync(join(client.stateDir, 'keys', KeyName!.replace('vitest-ec2-', '')), 'utf8')
  const address = (await alive())[0]!.PublicIpAddress!
  const attempt = connectSsh(
    { host: address, port: 22, user: 'ubuntu', privateKey, hostKeys: [sent.ssh_keys.ed25519_public] },
    { signal },
  )
  await expect(attempt).rejects.toMatchObject({ code: 'EC2_HOST_KEY' })
  await connection.close()
})

test('launches several hosts at once without making anything twice', async () => {
  await using client = createClient()
  const provider = client.open()
  const attempts = [1, 2, 3].map((attempt) => provider.launch(demand(), { run: 'run', attempt, ...options }))
  const hosts = await Promise.all(attempts)
  expect(new Set((await alive()).map(({ InstanceId }) => InstanceId))).toEqual(new Set(hosts.map(({ id }) => id)))
  const made = (await rig.calls()).map(({ call }) => call).filter((call) => /:(Create|Import)/.test(call))
  expect(made.filter((call) => call === 'ec2:CreateFleet')).toHaveLength(3)
  const once = made.filter((call) => call !== 'ec2:CreateFleet' && call !== 'iam:CreateRole')
  expect(once).toEqual([...new Set(once)])
})

test('goes on demand where spot has nothing', async () => {
  await using client = createClient()
  await rig.refuse({ match: '*/spot', times: 1000 })
  const host = await launch(client.open())
  expect(host.market).toBe('on-demand')
  expect(host.usdPerHour).toBe(0.526)
})

test('mends what was deleted behind its back', async () => {
  await using client = createClient()
  const first = client.open()
  await launch(first)
  await first.close()
  const { SecurityGroups = [] } = await aws.describeSecurityGroups({
    Filters: [{ Name: 'group-name', Values: ['vitest-ec2-*'] }],
  })
  const { LaunchTemplates = [] } = await aws.describeLaunchTemplates({})
  await aws.deleteLaunchTemplate({ LaunchTemplateId: LaunchTemplates[0]!.LaunchTemplateId })
  await expect
    .poll(() => aws.deleteSecurityGroup({ GroupId: SecurityGroups[0]!.GroupId }).catch((error: Error) => error.name), {
      timeout: 20_000,
    })
    .not.toBe('DependencyViolation')
  await aws.deleteKeyPair({ KeyName: SecurityGroups[0]!.GroupName })

  const host = await launch(client.open())
  const connection = await host.connect(options)
  expect((await connection.exec('echo here')).stdout).toBe('here\n')
  await connection.close()
})

test('keeps a host warm for the next run', async () => {
  await using client = createClient()
  const first = client.open()
  const host = await launch(first)
  const before = await host.connect(options)
  await before.exec('echo mine > kept')
  await host.keepWarm(new Date(Date.now() + 10 * 60_000))
  await before.close()
  await first.close()
  await rig.calls()

  const second = client.open()
  await second.plan(demand())
  const [warm] = await second.findWarm(demand())
  expect(warm?.id).toBe(host.id)
  expect(await second.findWarm(demand())).toEqual([])
  const connection = await warm!.connect(options)
  expect((await connection.exec('cat kept')).stdout).toBe('mine\n')
  expect((await rig.calls()).map(({ call }) => call)).not.toContain('ec2:CreateFleet')
  await connection.close()
  await second.close()
  expect(await alive()).toEqual([])
})

test('uses an instance that runs already, and leaves it running', async () => {
  await using client = createClient()
  const provider = client.open()
  const host = await launch(provider)
  const first = await host.connect(options)
  await host.keepWarm(new Date(Date.now() + 10 * 60_000))
  await first.close()

  const settings = resolveOptions()
  const running = createRunningProvider({
    instanceId: host.id,
    connect: connectSsh,
    clients: createClients({}),
    owner: findOwner(client.stateDir),
    settings,
    stateDir: client.stateDir,
    notice: () => {},
  })
  const same = await running.launch(demand(), { run: 'r', attempt: 1, ...options })
  const connection = await same.connect(options)
  expect((await connection.exec('id -un')).stdout).toBe('ubuntu\n')
  await connection.close()
  await same.terminate('done')
  await running.close()
  expect(await alive()).toHaveLength(1)
  await rig.reset()
})

function isCreation(call: string): boolean {
  return /:(Create|Import|Put|Authorize|Add|Run)|^s3:PUT/.test(call)
}
