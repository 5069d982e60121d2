import { aws } from './ec2-rig.ts'

export interface PrivateNetwork {
  vpc: string
  subnet: string
  endpoint: string
}

/** A VPC whose one subnet gives no public addresses, with an instance connect endpoint in a security group of its own. */
export async function makePrivateNetwork(): Promise<PrivateNetwork> {
  const { vpc, subnet } = await makeClosedNetwork()
  const group = await aws.createSecurityGroup({ GroupName: 'endpoint', Description: 'the endpoint', VpcId: vpc })
  const made = await aws.createInstanceConnectEndpoint({ SubnetId: subnet, SecurityGroupIds: [group.GroupId!] })
  return { vpc, subnet, endpoint: made.InstanceConnectEndpoint!.InstanceConnectEndpointId! }
}

/** The same without an endpoint: nothing leads in. */
export async function makeClosedNetwork(): Promise<Omit<PrivateNetwork, 'endpoint'>> {
  const { Vpc } = await aws.createVpc({ CidrBlock: '172.31.128.0/18' })
  const vpc = Vpc!.VpcId!
  const { Subnet } = await aws.createSubnet({
    VpcId: vpc,
    CidrBlock: '172.31.128.0/20',
    AvailabilityZone: 'us-east-1a',
  })
  return { vpc, subnet: Subnet!.SubnetId! }
}
