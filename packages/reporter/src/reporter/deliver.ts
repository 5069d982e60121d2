import type { Archive } from '../archive/archive.ts'
import type { RunRecord } from '../run/record.ts'
import type { ResolvedReporterOptions } from './options.ts'

/** What of the options sends a run somewhere, each loaded when it is asked for. */
type Destinations = Pick<ResolvedReporterOptions, 'archive' | 'ci' | 'mail' | 'webhook'>

export interface Delivery {
  /** where the run is now, for people */
  places: string[]
  /** sentences about what could not be sent */
  problems: string[]
  /** what the user called required was not done */
  isFailed: boolean
}

/** Says that a run has begun, or still goes on: in the index of the archive, and the first time by mail. */
export async function announceRun(
  folder: string,
  record: RunRecord,
  options: Destinations,
  isFirst: boolean,
): Promise<Delivery> {
  const delivery: Delivery = { places: [], problems: [], isFailed: false }
  const archive = await openArchive(options)
  if (archive) await attempt(delivery, () => archive.putRecord(record))
  if (isFirst) await mail(delivery, folder, record, options, archive)
  return delivery
}

/** Brings a run that is over to everywhere it should be: the archive first, since the others link to it. */
export async function deliverRun(folder: string, record: RunRecord, options: Destinations): Promise<Delivery> {
  const delivery: Delivery = { places: [], problems: [], isFailed: false }
  let archive = await openArchive(options)
  if (archive) {
    const opened = archive
    const isThere = await attempt(delivery, () => opened.putRun(folder, record))
    if (isThere) delivery.places.push(opened.url(`${record.run}/index.html`))
    else {
      delivery.isFailed = options.archive?.required ?? false
      archive = undefined
    }
  }
  const { ci, webhook } = options
  // a failed archive is told of where people look
  const told =
    delivery.problems.length > 0 ? { ...record, problems: [...(record.problems ?? []), ...delivery.problems] } : record
  if (ci) {
    await attempt(delivery, async () => {
      const { reportToCi } = await import('../ci/report.ts')
      delivery.problems.push(...(await reportToCi(told, { folder, ...ci, ...(archive && { archive }) })))
    })
  }
  await mail(delivery, folder, told, options, archive)
  if (webhook !== undefined) {
    await attempt(delivery, async () => {
      const { callWebhook } = await import('../mail/webhook.ts')
      await callWebhook(webhook, told, archive)
    })
  }
  return delivery
}

async function openArchive({ archive }: Destinations): Promise<Archive | undefined> {
  if (!archive) return undefined
  const { createArchive } = await import('../archive/archive.ts')
  return createArchive(archive)
}

async function mail(
  delivery: Delivery,
  folder: string,
  record: RunRecord,
  { mail: to }: Destinations,
  archive: Archive | undefined,
): Promise<void> {
  if (!to) return
  await attempt(delivery, async () => {
    const { sendMail } = await import('../mail/send.ts')
    await sendMail(folder, record, { ...to, ...(archive && { archive }) })
  })
}

async function attempt(delivery: Delivery, send: () => Promise<unknown>): Promise<boolean> {
  try {
    await send()
    return true
  } catch (error) {
    delivery.problems.push((error as Error).message)
    return false
  }
}
