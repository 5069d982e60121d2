import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Archive } from '../archive/archive.ts'
import { NotebookError } from '../errors.ts'
import { awsSettings } from '../net/aws-settings.ts'
import type { RunRecord } from '../run/record.ts'
import { messageOf } from './message.ts'

export interface MailOptions {
  to: string
  /** an address that SES may send from; default: `to` */
  from?: string
  archive?: Archive
}

/** What fits beside the text: SES takes 40 MB, mailboxes often 25, and base64 adds a third. */
const ATTACHED_BYTES = 12e6

/**
 * Sends a mail by SES: that a run has begun, or how it ended, with its PDFs as far as they have room.
 *
 * @param folder of the run
 * @throws NotebookError `NOTEBOOK_SEND`
 */
export async function sendMail(
  folder: string,
  record: RunRecord,
  { to, from = to, archive }: MailOptions,
): Promise<void> {
  const { SESv2Client, SendEmailCommand } = await import('@aws-sdk/client-sesv2')
  const { subject, text, html } = messageOf(record, archive)
  const Charset = 'UTF-8'
  const command = new SendEmailCommand({
    FromEmailAddress: from,
    Destination: { ToAddresses: to.split(',').map((address) => address.trim()) },
    Content: {
      Simple: {
        Subject: { Data: subject, Charset },
        Body: { Text: { Data: text, Charset }, Html: { Data: html, Charset } },
        Attachments: record.status === 'running' ? [] : await attachmentsOf(folder, record),
      },
    },
  })
  try {
    await new SESv2Client(awsSettings()).send(command)
  } catch (cause) {
    const { name, message } = cause as Error
    const fix = /MessageRejected|MailFromDomainNotVerified|NotFound/.test(name)
      ? `Verify \`${from}\` in SES, in this region; in the sandbox, \`${to}\` too.`
      : 'See that the credentials may do ses:SendEmail, and that AWS_REGION is one with SES.'
    throw new NotebookError('NOTEBOOK_SEND', `The mail to ${to} could not be sent: ${message} ${fix}`, { cause })
  }
}

async function attachmentsOf(folder: string, { notebooks }: RunRecord) {
  const found: { FileName: string; RawContent: Uint8Array; ContentType: string }[] = []
  let room = ATTACHED_BYTES
  for (const { path, title, files } of notebooks) {
    const file = files?.['pdf'] && join(folder, path, files['pdf'])
    const bytes = file ? ((await stat(file).catch(() => undefined))?.size ?? Infinity) : Infinity
    if (!file || bytes > room) continue
    room -= bytes
    const FileName = `${title.replace(/[^\p{L}\p{N} ._-]+/gu, '_').slice(0, 80)}.pdf`
    found.push({ FileName, RawContent: await readFile(file), ContentType: 'application/pdf' })
  }
  return found
}
