import { beforeEach, expect, test } from 'vitest'
import { alive, createClient, demand, launch, rig } from './support/ec2-rig.ts'

beforeEach(() => rig.reset())

test('says what was tried where there is no capacity', async () => {
  await using client = createClient()
  await rig.refuse({ match: '*', times: 1000 })
  const error = await launch(client.open(), demand({ instanceTypes: ['g5.xlarge', 'g6.xlarge'] })).catch(
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ code: 'EC2_CAPACITY', fix: expect.stringContaining('Try another region') })
  const { message } = error as Error
  expect(message).toMatch(
    /^No g5\.xlarge or g6\.xlarge to be had in us-east-1 \(\d+ pairs of zone and type tried, spot and on-demand\)/,
  )
  expect(message).toMatch(/us-east-1a g6\.xlarge spot {2}InsufficientInstanceCapacity: /)
  expect(message).toMatch(/us-east-1b g5\.xlarge on-demand {2}InsufficientInstanceCapacity: /)
  expect(await alive()).toEqual([])
})

test('checks quotas before it makes anything', async () => {
  await using client = createClient()
  await rig.set({ quotas: { 'L-DB2E81BA': 0, 'L-3819A6DF': 0 } })
  await expect(launch(client.open())).rejects.toMatchObject({
    code: 'EC2_QUOTA',
    message: expect.stringContaining(
      'g4dn.xlarge on-demand: 4 vCPUs are needed, the quota of G and VT instances is 0 (L-DB2E81BA)',
    ),
    fix: expect.stringContaining(
      'aws service-quotas request-service-quota-increase --region us-east-1 --service-code ec2 --quota-code L-DB2E81BA --desired-value 4',
    ),
  })
  const made = (await rig.calls()).filter(({ call }) => /:(Create|Import|Put)|PUT/.test(call))
  expect(made).toEqual([])
  await rig.set({ quotas: { 'L-DB2E81BA': 64, 'L-3819A6DF': 64 } })
})

test('counts what runs already before it launches, and says how much that is', async () => {
  await using client = createClient()
  await rig.set({ quotas: { 'L-DB2E81BA': 4, 'L-3819A6DF': 4 } })
  const spot = await launch(client.open())
  expect(spot.market).toBe('spot')
  // The one market is full, the other is not.
  const onDemand = await launch(client.open())
  expect(onDemand.market).toBe('on-demand')
  await rig.calls()
  await expect(launch(client.open())).rejects.toMatchObject({
    code: 'EC2_QUOTA',
    message: expect.stringContaining(
      'g4dn.xlarge spot: 4 vCPUs are needed, the quota of G and VT instances is 4, and 4 of them are used (L-3819A6DF)',
    ),
    fix: expect.stringMatching(/^End what runs \(`npx vitest-ec2 ls --all` lists hosts\), or ask AWS for more/),
  })
  expect((await rig.calls()).map(({ call }) => call)).not.toContain('ec2:CreateFleet')
  await spot.terminate('done')
  await onDemand.terminate('done')
})

test('leaves a market out whose quota is too small', async () => {
  await using client = createClient()
  await rig.set({ quotas: { 'L-3819A6DF': 3 } })
  const host = await launch(client.open())
  expect(host.market).toBe('on-demand')
  await rig.set({ quotas: { 'L-3819A6DF': 64 } })
})

test('tells a quota that is used up from a lack of capacity', async () => {
  await using client = createClient()
  await rig.refuse({
    match: '*/spot',
    code: 'MaxSpotInstanceCountExceeded',
    message: 'Max spot instance count exceeded',
    times: 1000,
  })
  await rig.refuse({
    match: '*/on-demand',
    code: 'VcpuLimitExceeded',
    message: 'You have requested more vCPU capacity',
    times: 1000,
  })
  await expect(launch(client.open())).rejects.toMatchObject({
    code: 'EC2_QUOTA',
    message: expect.stringContaining('what runs already uses up the quota of G and VT instances'),
  })
})

test('names the permission that is missing', async () => {
  await using client = createClient()
  await rig.fault({
    call: 'ec2:CreateFleet',
    status: 403,
    code: 'UnauthorizedOperation',
    message: 'You are not authorized to perform this operation.',
    times: 10,
  })
  await expect(launch(client.open())).rejects.toMatchObject({
    code: 'EC2_DENIED',
    message: 'The caller may not do `ec2:CreateFleet`',
    fix: expect.stringContaining('npx vitest-ec2 policy'),
  })
  expect(await alive()).toEqual([])
})

test('does without role, bucket and schedule where the caller may not make them', async () => {
  await using client = createClient()
  const message =
    'User: arn:aws:iam::123456789012:user/eve is not authorized to perform: iam:CreateRole on resource: role'
  await rig.fault({ call: 'iam:*', status: 403, code: 'AccessDenied', message, times: 1000 })
  await rig.fault({ call: 's3:PUT*', status: 403, code: 'AccessDenied', message: 'Access Denied', times: 1000 })
  const provider = client.open()
  await launch(provider)
  expect(await provider.bucket()).toBeUndefined()
  // Of an instance that has ended nobody needs to know what would have ended it.
  await expect
    .poll(() => client.notices)
    .toEqual(
      expect.arrayContaining([
        expect.stringContaining('arn:aws:iam::123456789012:user/eve may not do `iam:CreateRole`'),
        expect.stringContaining('Everything is sent over SSH'),
        expect.stringContaining('No schedule outside'),
      ]),
    )
  await provider.close()
})

test('says that there are no credentials', async () => {
  await using client = createClient()
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = process.env
  try {
    delete process.env['AWS_ACCESS_KEY_ID']
    delete process.env['AWS_SECRET_ACCESS_KEY']
    process.env['AWS_EC2_METADATA_DISABLED'] = 'true'
    process.env['AWS_SHARED_CREDENTIALS_FILE'] = process.env['AWS_CONFIG_FILE'] = '/dev/null'
    await expect(client.open().plan(demand())).rejects.toMatchObject({
      code: 'EC2_CREDENTIALS',
      message: expect.stringContaining('No AWS credentials were found'),
      fix: expect.stringContaining('aws sso login'),
    })
  } finally {
    for (const name of ['AWS_EC2_METADATA_DISABLED', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_CONFIG_FILE'])
      delete process.env[name]
    process.env['AWS_ACCESS_KEY_ID'] = id
    process.env['AWS_SECRET_ACCESS_KEY'] = secret
  }
})

test('tells expired credentials from missing ones', async () => {
  await using client = createClient()
  await rig.fault({
    call: '*',
    status: 403,
    code: 'ExpiredToken',
    message: 'The security token included in the request is expired',
    times: 1000,
  })
  await expect(client.open().plan(demand())).rejects.toMatchObject({
    code: 'EC2_CREDENTIALS',
    message: expect.stringContaining('have expired'),
  })
  await rig.reset()
})

test('names an image that is not there', async () => {
  await using client = createClient()
  await expect(launch(client.open(), demand({ image: 'ami-0123456789abcdef0' }))).rejects.toMatchObject({
    code: 'EC2_IMAGE',
    message: 'There is no image `ami-0123456789abcdef0` in us-east-1',
  })
})

test('goes on when AWS asks it to slow down', async () => {
  await using client = createClient()
  await rig.fault({ call: 'ec2:*', status: 503, code: 'RequestLimitExceeded', times: 4 })
  await launch(client.open())
  expect(await alive()).toHaveLength(1)
})

test('launches one instance when the answer is lost on the way', async () => {
  await using client = createClient()
  await rig.fault({ call: 'ec2:CreateFleet', drop: 'after', times: 1 })
  const host = await launch(client.open())
  expect((await alive()).map(({ InstanceId }) => InstanceId)).toEqual([host.id])
})

test('ends what it launched when no answer ever comes', async () => {
  await using client = createClient()
  await rig.fault({ call: 'ec2:CreateFleet', drop: 'after', times: 1 })
  await rig.fault({ call: 'ec2:CreateFleet', drop: 'before', times: 100 })
  await expect(launch(client.open())).rejects.toMatchObject({ code: 'EC2_NETWORK' })
  expect((await alive()).filter(({ State }) => State?.Name === 'running')).toEqual([])
  await rig.reset()
})

test('waits for a new instance profile to be known', async () => {
  await using client = createClient()
  await rig.fault({
    call: 'ec2:CreateFleet',
    status: 400,
    code: 'InvalidParameterValue',
    message: 'Value (vitest-ec2) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name',
    times: 2,
  })
  await launch(client.open())
  expect(await alive()).toHaveLength(1)
})

test('ends a launch that nobody waits for any more', async () => {
  await using client = createClient()
  const provider = client.open()
  const controller = new AbortController()
  await provider.plan(demand())
  await rig.fault({ call: 'ec2:CreateFleet', delay: 1, times: 1 })
  const launched = provider.launch(demand(), { run: 'r', attempt: 1, signal: controller.signal, onPhase: () => {} })
  setTimeout(() => controller.abort(new Error('called off')), 800)
  await expect(launched).rejects.toThrow('called off')
  expect(await alive()).toEqual([])
})

test('launches nothing that the budget does not pay for', async () => {
  await using client = createClient()
  await expect(launch(client.open({ budget: 0.01 }), demand({ market: 'on-demand' }))).rejects.toMatchObject({
    code: 'EC2_BUDGET',
  })
  expect(await alive()).toEqual([])
})
