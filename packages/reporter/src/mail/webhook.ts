import { setTimeout as delay } from 'node:timers/promises'
import type { Archive } from '../archive/archive.ts'
import { NotebookError } from '../errors.ts'
import { fetch } from '../net/fetch.ts'
import type { RunRecord } from '../run/record.ts'

const ATTEMPTS = 4
const PATIENCE_MS = 10_000

/**
 * Posts a run's record as JSON, with the address of its report. It is tried again while the other side is out of order.
 *
 * @throws NotebookError `NOTEBOOK_SEND`
 */
export async function callWebhook(url: string, record: RunRecord, archive?: Archive): Promise<void> {
  const body = JSON.stringify({ ...record, ...(archive && { url: archive.url(`${record.run}/index.html`) }) })
  let reason = ''
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (attempt > 1) await delay(250 * 2 ** attempt)
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS)
      const headers = { 'Content-Type': 'application/json', 'User-Agent': 'vitest-notebook' }
      const response = await fetch(url, { method: 'POST', headers, body, signal })
      await response.body?.cancel()
      if (response.ok) return
      reason = `it answered ${response.status}`
      if (response.status < 500 && response.status !== 429 && response.status !== 408) break
    } catch (error) {
      const { message, cause } = error as Error & { cause?: { code?: string } }
      reason = cause?.code ?? message
    }
  }
  // the path of a webhook is often its password
  throw new NotebookError('NOTEBOOK_SEND', `The webhook at ${new URL(url).host} did not take the run: ${reason}.`)
}
