import type { Recipe } from './recipes/recipes.ts'

/** A number is milliseconds, as everywhere in Vitest. */
export type Duration = number | `${number}${'s' | 'm' | 'h'}`

export interface Ec2Options {
  /** which files run on hosts: `marked` (`*.experiment.*`, the tags `experiment` and `ec2/NAME`), all, or a rule; defaults to `marked` */
  files?: 'marked' | 'all' | ((file: { path: string; tags: readonly string[] }) => boolean)
  /** kinds of hosts by name, merged over the built-in `default` (one GPU) and `cpu` */
  hosts?: Record<string, HostSpec>
  /** hosts at a time; defaults to 1 */
  maxHosts?: number
  /** defaults to what the AWS SDK finds */
  region?: string
  /** defaults to what the AWS SDK finds */
  profile?: string
  /** names or globs of environment variables that workers see besides Vitest's own; defaults to none */
  env?: string[]
  /** what travels beyond what git lists; both also take packages, `node_modules/NAME`; `maxSize` defaults to `1gb` */
  sync?: { include?: string[]; exclude?: string[]; maxSize?: string }
  /** folders mirrored while they grow, besides those that reporters name; defaults to none */
  outputs?: string[]
  /** how long an idle host waits for the next run; defaults to `10m` in a terminal and 0 in CI */
  keepAlive?: Duration
  /** hard limit on a host's life, enforced on the instance and outside it; defaults to `4h` */
  maxAge?: Duration
  /** US dollars a run may cost; defaults to no limit */
  budget?: number
  /** hosts lost under one file before it fails; defaults to 2 */
  hostRetry?: number
  /** bucket for packs and outputs; made on demand by default; `false` sends everything over SSH */
  bucket?: string | false
  network?: {
    vpc?: string
    subnets?: string[]
    securityGroups?: string[]
    /**
     * How hosts are reached: by a `public` address, by the `private` one from inside the VPC, or by that one through the EC2
     * Instance Connect `endpoint` of the VPC. Defaults to `auto`: by a public address where the subnet gives one, else
     * through an endpoint where there is one.
     */
    connect?: 'auto' | 'public' | 'private' | 'endpoint'
    /** CIDR ranges that may reach SSH; defaults to the caller's own address, or to the endpoint where hosts are reached by one */
    allowFrom?: string[]
  }
  iam?: {
    /** of hosts; defaults to `auto`: one is made whose role may use the bucket and what `allow` names */
    instanceProfile?: 'auto' | (string & {}) | false
    /** what the role that is made may do besides: inputs in other buckets, mail; none */
    allow?: { actions: string[]; resources: string[] }[]
    permissionsBoundary?: string
    path?: string
  }
  /** put on everything that is made */
  tags?: Record<string, string>
  kmsKey?: string
}

export type HostSpec = InstanceSpec | OwnedHostSpec

/** A machine you own, never launched or ended. */
export interface OwnedHostSpec {
  /** an alias of `~/.ssh/config` or `user@host[:port]`, or several: each is one host */
  ssh: string | string[]
  /** workers at a time on one host; defaults to one per GPU, one on a host without */
  workers?: number
}

export interface InstanceSpec {
  /** 1: any one GPU, cheapest first; 0: none; defaults to 1 */
  gpu?: number | 'T4' | 'A10G' | 'L4' | 'L40S' | 'A100' | 'H100'
  /** instead of `gpu`, in order of preference; all of one architecture, of which the image is then too */
  instanceTypes?: string[]
  /** defaults to `spot-first` */
  market?: 'spot-first' | 'spot' | 'on-demand'
  /** `deep-learning`, `ubuntu`, `amazon-linux`, `ami-…` or an SSM parameter; by default what suits `gpu` */
  image?: 'deep-learning' | 'ubuntu' | 'amazon-linux' | (string & {})
  /** defaults to the image's own */
  user?: string
  /** GiB; by default the image's own size, at least 40 with a GPU */
  disk?: number
  /** workers at a time on one host; defaults to one per GPU, one on a host without */
  workers?: number
  /**
   * What is done once on each new host before anything else, as its login user; none. By name: `tfjs-gpu`, TensorFlow.js for
   * NVIDIA GPUs. Everything else is a shell command, one of a single word by its path.
   */
  setup?: (Recipe | (string & {}) | SetupCommand)[]
}

/** A command of which the bucket keeps what it makes: hosts of the same image get that, and do not run it. */
export interface SetupCommand {
  /** a shell command */
  run: string
  /** files and folders that it makes, absolute or `~/…` */
  outputs: string[]
}
