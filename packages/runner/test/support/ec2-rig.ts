import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EC2, type Instance } from '@aws-sdk/client-ec2'
import { createEc2Provider, type Ec2Provider, type Ec2ProviderOptions } from '../../src/ec2/ec2-provider.ts'
import type { ComputeHost, HostDemand, HostPhase } from '../../src/fleet/compute-provider.ts'
import { resolveOptions } from '../../src/options-resolve.ts'
import type { Ec2Options } from '../../src/options.ts'
import { connectSsh } from '../../src/ssh/connect-ssh.ts'

/** What the rig's stand-in for AWS is told and asked beside AWS's own calls. */
export const rig = {
  /** everything as in a new account */
  reset: () => control('reset', {}),
  /** the next calls of that name fail or are lost: `ec2:CreateFleet` */
  fault: (fault: {
    call: string
    times?: number
    /** so many of them pass before */
    skip?: number
    status?: number
    code?: string
    message?: string
    delay?: number
    drop?: 'before' | 'after'
  }) => control('fault', fault),
  /** no capacity: `g5.*∕us-east-1a∕spot` */
  refuse: (refusal: { match: string; times?: number; code?: string; message?: string }) => control('refuse', refusal),
  set: (settings: object) => control('set', settings),
  /** a new user who may do what the policy says and nothing else */
  user: (policy: object) => control('user', { policy }) as Promise<{ accessKeyId: string; secretAccessKey: string }>,
  /** makes every process in a host's machine stand still */
  freeze: (id: string) => control('freeze', { id }),
  /** AWS wants a spot instance back, and says so in its metadata */
  spot: (id: string) => control('spot', { id }),
  /** what is open through instance connect endpoints breaks */
  cutTunnels: () => control('cut_tunnels', {}),
  /** what SES was asked to send */
  mails: () => control('mails') as Promise<object[]>,
  machines: () => control('machines') as Promise<Record<string, { alive: boolean }>>,
  /** a machine with an SSH server that is no instance */
  host: () => control('host', {}),
  stop: (id: string) => control('stop', { id }),
  /** runs a command as root in a host's machine, past network and SSH */
  execute: (id: string, command: string) =>
    control('execute', { id, command }) as Promise<{ code: number; stdout: string; stderr: string }>,
  /** runs a command where all lies that was written to the disk of an image */
  image: (id: string, command: string) =>
    control('image', { id, command }) as Promise<{ code: number; stdout: string }>,
  /** the calls since this was asked last, without the rig's own */
  async calls(): Promise<{ call: string; at: number }[]> {
    return (await control('calls')) as { call: string; at: number }[]
  },
}

/** One machine of a person: a state folder of its own. */
export interface Client extends AsyncDisposable {
  readonly stateDir: string
  /** sentences it told */
  readonly notices: string[]
  open(options?: Ec2Options & Partial<Pick<Ec2ProviderOptions, 'idleMs'>>): Ec2Provider
}

let runs = 0

/** @param known the state folder of somebody who is there already */
export function createClient(known?: string): Client {
  const home = mkdtempSync(join(tmpdir(), 'vitest-ec2-state-'))
  const stateDir = known ?? join(home, 'vitest-ec2')
  const providers: Ec2Provider[] = []
  const notices: string[] = []
  return {
    stateDir,
    notices,
    open({ idleMs, ...options } = {}) {
      const settings = resolveOptions({ maxAge: '1h', ...options })
      runs += 1
      const notice = (sentence: string) => void notices.push(sentence)
      const provider = createEc2Provider({
        settings,
        run: `run-${process.pid}-${runs}`,
        connect: connectSsh,
        stateDir,
        notice,
        ...(idleMs !== undefined && { idleMs }),
      })
      providers.push(provider)
      return provider
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(providers.map((provider) => provider.close()))
      rmSync(home, { recursive: true })
    },
  }
}

export function demand(spec: HostDemand['spec'] = {}, kind = 'default'): HostDemand {
  return { kind, spec, maxHosts: 1 }
}

export async function launch(
  provider: Ec2Provider,
  wanted: HostDemand = demand(),
  {
    signal = new AbortController().signal,
    onPhase = () => {},
  }: { signal?: AbortSignal; onPhase?: (phase: HostPhase) => void } = {},
): Promise<ComputeHost> {
  await provider.plan(wanted)
  return await provider.launch(wanted, { run: 'run', attempt: 1, signal, onPhase })
}

/** As another program of the account's owner sees it. */
export const aws: EC2 = new EC2({ region: 'us-east-1' })

/** Instances that cost something. */
export async function alive(): Promise<Instance[]> {
  const { Reservations = [] } = await aws.describeInstances({
    Filters: [{ Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] }],
  })
  return Reservations.flatMap(({ Instances = [] }) => Instances)
}

async function control(path: string, body?: object): Promise<unknown> {
  const endpoint = process.env['AWS_ENDPOINT_URL']
  if (!endpoint) throw new Error('This test needs the rig: run it by `npm run rig -- npx vitest run --project rig`')
  const answer = await fetch(`${endpoint}/rig/${path}`, body && { method: 'POST', body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`The rig answers ${answer.status} to ${path}: ${await answer.text()}`)
  return await answer.json()
}
