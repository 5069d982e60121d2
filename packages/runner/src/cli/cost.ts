import { openJournal, type JournalEntry } from '../ec2/journal.ts'
import { duration } from '../options-units.ts'
import { readOption } from '../options-check.ts'
import type { Command } from './command.ts'
import { showMinutes } from './show-minutes.ts'

export const cost: Command = {
  flags: { since: { type: 'string' } },
  explain: { since: 'only runs of the last 24h, 30m, …; all' },
  async run({ flags, stateDir, print }) {
    const sinceMs = flags['since'] === undefined ? Infinity : readOption('since', flags['since'], duration)
    const rows = costOf(openJournal(stateDir).read(), Date.now() - sinceMs)
    const total = rows.reduce((sum, { usd }) => sum + (usd ?? 0), 0)
    const lines = rows.map(({ at, run, instance, type, market, seconds, usd, ended, isBound }) => {
      const bound = isBound ? '≤' : ' '
      const price = usd === undefined ? '     ?  ' : `${bound}$${usd.toFixed(2).padStart(6)}`
      const time = ended ? `${bound}${showMinutes(seconds * 1000)}` : 'runs'
      return `${new Date(at).toISOString().slice(0, 16)}  ${instance.padEnd(19)}  ${`${type} ${market}`.padEnd(24)}  ${time.padStart(8)}  ${price}  ${run}`
    })
    const isBound = rows.some((row) => row.isBound)
    const atMost = isBound ? 'at most ' : ''
    const why = isBound ? ' Those with ≤ ended by themselves, nobody knows when.' : ''
    const text =
      rows.length === 0
        ? 'No host was launched from here.'
        : [...lines, `Together ${atMost}$${total.toFixed(2)}, by the prices at the launches.${why}`].join('\n')
    print(text, rows)
    return 0
  },
}

export interface CostRow {
  at: number
  run: string
  instance: string
  type: string
  market: string
  seconds: number
  /** US dollars; unknown without a price */
  usd: number | undefined
  ended: boolean
  /** it ended by itself: seconds and dollars are the most that they can be */
  isBound: boolean
}

/** What each launch since then (ms since 1970) has cost, by the journal of this machine. */
export function costOf(entries: readonly JournalEntry[], since: number): CostRow[] {
  return entries.flatMap((launch) => {
    if (launch.event !== 'launch' || launch.at < since) return []
    const same = entries.filter(({ token }) => token === launch.token)
    const launched = same.find((entry) => entry.event === 'launched')
    if (!launched) return []
    const ended = same.find((entry) => entry.event === 'ended')
    const seconds = ended ? ended.seconds : (Date.now() - launched.at) / 1000
    const { instance, type, market, usdPerHour } = launched
    const usd = ended ? ended.usd : usdPerHour === undefined ? undefined : (usdPerHour * seconds) / 3600
    const isBound = ended?.isBound === true
    return [
      { at: launch.at, run: launch.run, instance, type, market, seconds, usd, ended: ended !== undefined, isBound },
    ]
  })
}
