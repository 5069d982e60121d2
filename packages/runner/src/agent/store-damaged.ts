import { Ec2Error } from '../errors.ts'

export function damaged(pack: string, how: string, cause?: unknown): Ec2Error {
  return new Ec2Error('EC2_SYNC', `The pack ${pack} did not arrive as it was sent: ${how}`, {
    fix: 'Run again: it is sent anew. If it happens again, something on the way changes bytes.',
    cause,
    data: { pack },
  })
}
