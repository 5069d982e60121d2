import type { HostDemand } from '../fleet/compute-provider.ts'
import type { Account } from './account.ts'
import { survey, type Survey } from './survey.ts'

export interface SurveyCache {
  /** what can be had for a demand; asked once for all who ask within some minutes */
  get(demand: HostDemand): Promise<Survey>
  /** something that was remembered is gone: looks at everything anew */
  renew(account: Account, demand: HostDemand): Promise<Survey>
}

/** Prices and zones change; a session of watching lasts for hours. */
const MAX_AGE_MS = 10 * 60_000

/**
 * @param open asks AWS who calls
 * @param guess the account it probably is: what it remembers allows asking all else at the same time
 */
export function createSurveyCache(
  open: () => Promise<Account>,
  guess: () => Promise<Account | undefined>,
): SurveyCache {
  const surveys = new Map<string, { at: number; found: Promise<Survey> }>()

  async function look({ spec }: HostDemand): Promise<Survey> {
    const guessed = await guess()
    const early = guessed && survey(guessed, spec)
    early?.catch(() => {}) // who calls is asked first
    const found = await open()
    return await (guessed?.id === found.id && early ? early : survey(found, spec))
  }

  return {
    async get(demand) {
      const known = surveys.get(demand.kind)
      if (known && Date.now() - known.at < MAX_AGE_MS) return await known.found
      const found = look(demand)
      surveys.set(demand.kind, { at: Date.now(), found })
      found.catch(() => surveys.delete(demand.kind))
      return await found
    },
    async renew(account, demand) {
      account.update((state) => {
        state.networks = {}
        state.images = {}
        delete state.template
      })
      const found = await survey(account, demand.spec)
      surveys.set(demand.kind, { at: Date.now(), found: Promise.resolve(found) })
      return found
    },
  }
}
