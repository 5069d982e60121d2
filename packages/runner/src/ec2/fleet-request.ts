import type { CreateFleetRequest } from '@aws-sdk/client-ec2'
import type { Template } from './launch-template.ts'
import type { Market, Survey } from './survey.ts'
import { tagged, toTags } from './tags.ts'

export interface FleetRequest {
  token: string
  template: Template
  survey: Survey
  market: Market
  userData: string
  tags: Record<string, string>
  /** the user named the types, in this order of preference */
  isOrdered: boolean
}

/** One instance, now or not at all, of any of the types in any of the zones: AWS picks by price and by what it has. */
export function toFleetRequest(request: FleetRequest): CreateFleetRequest {
  const { token, template, survey, market, userData, tags, isOrdered } = request
  const overrides = survey.types.flatMap(({ name, places }, index) =>
    places.map(({ subnet }) => ({
      InstanceType: name as never,
      SubnetId: subnet,
      ImageId: survey.image.id,
      ...(isOrdered && { Priority: index }),
    })),
  )
  return {
    ClientToken: token,
    Type: 'instant',
    TargetCapacitySpecification: {
      TotalTargetCapacity: 1,
      DefaultTargetCapacityType: market,
    },
    ...(market === 'spot'
      ? {
          SpotOptions: {
            AllocationStrategy: isOrdered ? 'capacity-optimized-prioritized' : 'price-capacity-optimized',
            InstanceInterruptionBehavior: 'terminate',
          },
        }
      : { OnDemandOptions: { AllocationStrategy: isOrdered ? 'prioritized' : 'lowest-price' } }),
    LaunchTemplateConfigs: [
      {
        LaunchTemplateSpecification: {
          LaunchTemplateId: template.id,
          Version: template.version,
          LaunchTemplateSpecificationUserData: Buffer.from(userData).toString('base64'),
        },
        Overrides: overrides,
      },
    ],
    TagSpecifications: [...tagged('instance', toTags(tags)), ...tagged('volume', toTags(tags))],
  }
}
