import type { HostPhase } from '../fleet/compute-provider.ts'
import { Ec2Error } from '../errors.ts'
import { findWorkspaceRoot } from '../sync/workspace-root.ts'
import { resolveOptions, type ResolvedEc2Options } from '../options-resolve.ts'
import type { Ec2Options } from '../options.ts'

/** What concerns every host, besides which one it is. */
export interface RemoteOptions extends Pick<Ec2Options, 'env' | 'sync'> {
  /** the folder that functions see at its own path; defaults to the workspace around the current folder */
  root?: string
  /** calls off launching and connecting */
  signal?: AbortSignal
  /** what is done before the host can work; by default nobody is told */
  onPhase?: (phase: HostPhase) => void
  /** a sentence about something left out or left behind; defaults to a line on stderr */
  onNotice?: (sentence: string) => void
}

/** What concerns launches; each as in `ec2()`. */
export interface LaunchOptions
  extends
    RemoteOptions,
    Pick<
      Ec2Options,
      'region' | 'profile' | 'keepAlive' | 'maxAge' | 'budget' | 'bucket' | 'network' | 'iam' | 'tags' | 'kmsKey'
    > {}

export interface ResolvedRemoteOptions {
  settings: ResolvedEc2Options
  root: string
  signal: AbortSignal
  onPhase: (phase: HostPhase) => void
  notice: (sentence: string) => void
}

/**
 * Checks options and applies defaults. A host that is launched by a program goes with it: `keepAlive` is 0 unless given.
 * @throws Ec2Error `EC2_OPTIONS`
 */
export function resolveRemoteOptions(
  { root, signal, onPhase, onNotice, ...options }: LaunchOptions,
  hosts?: Ec2Options['hosts'],
): ResolvedRemoteOptions {
  for (const [name, value] of Object.entries({ onPhase, onNotice })) {
    if (value !== undefined && typeof value !== 'function') {
      throw new Ec2Error('EC2_OPTIONS', `Expected the \`${name}\` option to be a function, got a ${typeof value}`)
    }
  }
  return {
    settings: resolveOptions({ keepAlive: 0, ...options, ...(hosts && { hosts }) }),
    root: root ?? findWorkspaceRoot(process.cwd()),
    signal: signal ?? new AbortController().signal,
    onPhase: onPhase ?? (() => {}),
    notice: onNotice ?? ((sentence) => console.error(sentence)),
  }
}
