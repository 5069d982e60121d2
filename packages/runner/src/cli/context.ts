import { createInterface } from 'node:readline/promises'
import { createClients } from '../ec2/clients.ts'
import { openAccount, type Account, type AccountOptions } from '../ec2/account.ts'
import { findOwner } from '../ec2/owner.ts'
import { findStateDir } from '../ec2/state.ts'
import type { Ec2Options } from '../options.ts'
import { resolveOptions, type ResolvedEc2Options } from '../options-resolve.ts'
import type { Flags } from './command.ts'
import { toTable } from './table.ts'

/** What a command works with. */
export interface Context {
  flags: Flags
  operands: string[]
  stateDir: string
  settings: ResolvedEc2Options
  account: AccountOptions
  open: () => Promise<Account>
  /** prints for people, or as one JSON value under `--json` */
  print: (text: string, value: unknown) => void
  /** prints rows as a table, or as JSON */
  printRows: (rows: readonly Record<string, string>[], none: string) => void
  /** true when the user agrees, or said so before */
  confirm: (question: string) => Promise<boolean>
}

/** @param options of the project, for commands that go by them; flags win */
export function openContext(flags: Flags, operands: string[], options: Ec2Options = {}): Context {
  const stateDir = findStateDir()
  const [region, profile] = [flags['region'], flags['profile']]
  const settings = resolveOptions({
    ...options,
    ...(typeof region === 'string' && { region }),
    ...(typeof profile === 'string' && { profile }),
  })
  const account: AccountOptions = {
    clients: createClients({ region: settings.region, profile: settings.profile }),
    owner: findOwner(stateDir),
    settings,
    stateDir,
    notice: (sentence) => console.error(sentence),
  }
  const isJson = flags['json'] === true
  return {
    flags,
    operands,
    stateDir,
    settings,
    account,
    open: () => openAccount(account),
    print: (text, value) => console.log(isJson ? JSON.stringify(value, null, 2) : text),
    printRows: (rows, none) => {
      if (isJson) console.log(JSON.stringify(rows, null, 2))
      else console.log(rows.length === 0 ? none : toTable(rows))
    },
    async confirm(question) {
      if (flags['yes'] === true) return true
      if (!process.stdin.isTTY || isJson) {
        console.error('Nobody is there to be asked: say --yes.')
        return false
      }
      const terminal = createInterface({ input: process.stdin, output: process.stderr })
      const answer = await terminal.question(`${question} [y/N] `)
      terminal.close()
      return /^y(es)?$/i.test(answer.trim())
    },
  }
}
