import type { InstanceSpec } from '../../options.ts'
import type { Account } from '../account.ts'

/** What a run is to have, for whoever examines whether it can. */
export interface Wanted {
  spec: InstanceSpec
  /** at a time */
  maxHosts: number
}

export interface Found {
  status: 'ok' | 'warning' | 'failure'
  detail: string
  fix?: string
}

/** Looks at one thing that a run needs, and makes nothing. A sentence alone means that it is in order; none, that there is nothing to say. */
export type Check = (account: Account, wanted: Wanted) => Promise<Found | string | undefined>
