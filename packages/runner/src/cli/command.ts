import type { ParseArgsConfig } from 'node:util'
import type { Context } from './context.ts'

export type Flags = Record<string, string | boolean | (string | boolean)[] | undefined>

/** One command: what it takes, and what it does. `run` resolves with the exit code. */
export interface Command {
  flags: NonNullable<ParseArgsConfig['options']>
  /** what each flag means, for the help; one entry per flag */
  explain: Record<string, string>
  /** what may follow, for the help: `[instance…]` */
  operands?: string
  /** it works where a run of the project in this folder would: `region`, `profile` and more of its configuration count */
  goesByProject?: true
  run(context: Context): Promise<number>
}

export const AWS_FLAGS = { region: { type: 'string' }, profile: { type: 'string' } } as const
export const AWS_EXPLAIN = {
  region: 'AWS region; that of the configuration here, else as the AWS SDK finds it',
  profile: 'AWS profile; likewise',
}
export const YES_FLAG = { yes: { type: 'boolean', short: 'y' } } as const
export const YES_EXPLAIN = { yes: 'do not ask' }
