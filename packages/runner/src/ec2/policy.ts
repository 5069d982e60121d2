import { TAG } from './tags.ts'

export interface Statement {
  Sid: string
  Effect: 'Allow'
  Action: string[]
  Resource: string | string[]
  Condition?: Record<string, Record<string, string | string[]>>
}

export interface Policy {
  Version: '2012-10-17'
  Statement: Statement[]
}

/** Runs do not need these, but each makes something better: what is lost without it, as the end of a sentence. */
const OPTIONAL: Record<string, string> = {
  Roles: 'hosts have no role, and no run can be detached',
  PassRoles: 'hosts have no role, and no run can be detached',
  SpotRole: 'the first spot instance of an account has to wait for somebody who may make its role',
  Buckets: 'everything goes over SSH',
  Schedules: 'no schedule outside ends hosts at their maximum age',
  Quotas: 'quotas are found out by a refused launch, and prices are estimates',
  Tunnels: 'hosts without a public address are not reached from outside',
  Bake: 'no image can be baked',
  BakeInto: 'no image can be baked',
  BakeTags: 'no image can be baked',
  Unbake: 'baked images cannot be removed',
  Explain: 'what AWS denies is told without the reason',
}

/** What a run does without when a statement of the least policy is missing; nothing when it does not run at all. */
export function whatIsLost(statement: string): string | undefined {
  return OPTIONAL[statement]
}

/**
 * The least IAM policy for running, and for taking everything down again. What lasts is bound to our names, what is
 * ended or changed to our tag; AWS knows no narrower terms for the rest.
 */
export function leastPolicy({ account = '*', region = '*', minimal = false } = {}): Policy {
  const ec2 = (...types: string[]) =>
    types.map((type) => `arn:aws:ec2:${region}:${type === 'image' ? '' : account}:${type}/*`)
  const baked = ['image', 'snapshot'].map((type) => `arn:aws:ec2:${region}::${type}/*`)
  const iam = (...types: string[]) => types.map((type) => `arn:aws:iam::${account}:${type}/vitest-ec2-*`)
  const ours = { Null: { [`aws:ResourceTag/${TAG.owner}`]: 'false' } }
  const made = { Null: { [`aws:RequestTag/${TAG.owner}`]: 'false' } }
  const allow = (Sid: string, Action: string[], Resource: string | string[], Condition?: Statement['Condition']) => ({
    Sid,
    Effect: 'Allow' as const,
    Action,
    Resource,
    ...(Condition && { Condition }),
  })
  const statements: Statement[] = [
    allow('Look', LOOK, '*'),
    allow(
      'Images',
      ['ssm:GetParameter'],
      ['arn:aws:ssm:*::parameter/aws/service/*', `arn:aws:ssm:${region}:${account}:parameter/*`],
    ),
    allow(
      'Launch',
      ['ec2:CreateFleet', 'ec2:RunInstances'],
      [
        ...ec2(
          'fleet',
          'instance',
          'volume',
          'network-interface',
          'launch-template',
          'security-group',
          'subnet',
          'key-pair',
        ),
        ...ec2('image'),
        `arn:aws:ec2:${region}::snapshot/*`,
        ...ec2('spot-instances-request'),
      ],
    ),
    allow(
      'Make',
      ['ec2:CreateSecurityGroup', 'ec2:ImportKeyPair', 'ec2:CreateLaunchTemplate'],
      ec2('security-group', 'key-pair', 'launch-template'),
      made,
    ),
    allow('MakeInVpc', ['ec2:CreateSecurityGroup'], ec2('vpc')),
    allow('Tag', ['ec2:CreateTags'], ec2('instance', 'volume', 'security-group', 'key-pair', 'launch-template')),
    allow(
      'ChangeAndEndOurs',
      [
        'ec2:TerminateInstances',
        'ec2:AuthorizeSecurityGroupIngress',
        'ec2:RevokeSecurityGroupIngress',
        'ec2:DeleteSecurityGroup',
        'ec2:DeleteKeyPair',
        'ec2:CreateLaunchTemplateVersion',
        'ec2:DeleteLaunchTemplate',
      ],
      ec2('instance', 'security-group', 'key-pair', 'launch-template'),
      ours,
    ),
    allow('Roles', ROLES, iam('role', 'instance-profile')),
    allow('PassRoles', ['iam:PassRole'], iam('role'), {
      StringEquals: { 'iam:PassedToService': ['ec2.amazonaws.com', 'scheduler.amazonaws.com'] },
    }),
    allow(
      'SpotRole',
      ['iam:CreateServiceLinkedRole'],
      `arn:aws:iam::${account}:role/aws-service-role/spot.amazonaws.com/*`,
      {
        StringEquals: { 'iam:AWSServiceName': 'spot.amazonaws.com' },
      },
    ),
    allow('Buckets', BUCKETS, ['arn:aws:s3:::vitest-ec2-*', 'arn:aws:s3:::vitest-ec2-*/*']),
    allow(
      'Schedules',
      ['scheduler:CreateSchedule', 'scheduler:DeleteSchedule', 'scheduler:GetSchedule'],
      `arn:aws:scheduler:${region}:${account}:schedule/default/vitest-ec2-*`,
    ),
    allow('Quotas', ['servicequotas:GetServiceQuota', 'pricing:GetProducts'], '*'),
    allow(
      'Tunnels',
      ['ec2-instance-connect:OpenTunnel'],
      `arn:aws:ec2:${region}:${account}:instance-connect-endpoint/*`,
      { NumericEquals: { 'ec2-instance-connect:remotePort': '22' } },
    ),
    allow('Bake', ['ec2:StopInstances', 'ec2:CreateImage'], ec2('instance'), ours),
    allow('BakeInto', ['ec2:CreateImage'], baked, made),
    allow('BakeTags', ['ec2:CreateTags'], baked, { StringEquals: { 'ec2:CreateAction': 'CreateImage' } }),
    allow('Unbake', ['ec2:DeregisterImage', 'ec2:DeleteSnapshot'], baked, ours),
    allow('Explain', ['sts:DecodeAuthorizationMessage', 'iam:SimulatePrincipalPolicy'], '*'),
  ]
  return {
    Version: '2012-10-17',
    Statement: minimal ? statements.filter(({ Sid }) => whatIsLost(Sid) === undefined) : statements,
  }
}

const LOOK = [
  'ec2:DescribeImages',
  'ec2:DescribeInstanceConnectEndpoints',
  'ec2:DescribeInstances',
  'ec2:DescribeInstanceTypeOfferings',
  'ec2:DescribeInstanceTypes',
  'ec2:DescribeKeyPairs',
  'ec2:DescribeLaunchTemplates',
  'ec2:DescribeRouteTables',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSnapshots',
  'ec2:DescribeSpotPriceHistory',
  'ec2:DescribeSubnets',
  'ec2:GetSpotPlacementScores',
  'sts:GetCallerIdentity',
]
const ROLES = [
  'iam:GetRole',
  'iam:CreateRole',
  'iam:TagRole',
  'iam:PutRolePolicy',
  'iam:DeleteRolePolicy',
  'iam:DeleteRole',
  'iam:GetInstanceProfile',
  'iam:CreateInstanceProfile',
  'iam:TagInstanceProfile',
  'iam:AddRoleToInstanceProfile',
  'iam:RemoveRoleFromInstanceProfile',
  'iam:DeleteInstanceProfile',
]
const BUCKETS = [
  's3:CreateBucket',
  's3:ListBucket',
  's3:GetObject',
  's3:PutObject',
  's3:AbortMultipartUpload',
  's3:DeleteObject',
  's3:DeleteBucket',
  's3:PutBucketPublicAccessBlock',
  's3:PutEncryptionConfiguration',
  's3:PutBucketPolicy',
  's3:PutLifecycleConfiguration',
  's3:PutBucketTagging',
  's3:PutBucketOwnershipControls',
]
