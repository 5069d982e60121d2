export { ec2 } from './plugin.ts'
export type { Duration, Ec2Options, HostSpec, InstanceSpec, OwnedHostSpec } from './options.ts'
