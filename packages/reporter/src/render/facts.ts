import type { NotebookDocument } from '../journal/document.ts'
import type { Continued } from '../journal/schema.ts'
import { formatBytes, formatDate, formatSeconds } from './format.ts'

export interface Fact {
  label: string
  value: string
  /** a path in the notebook's folder */
  href?: string
}

/** Where a result is from, as label and value; what is not known is left out. */
export function factsOf({ begin, startedAt, seconds, meta, continued }: NotebookDocument): Fact[] {
  const { provenance: from, file, line, run, attempt } = begin
  const found: (Fact | false | undefined)[] = [
    { label: 'File', value: line === undefined ? file : `${file}:${line}` },
    { label: 'Run', value: attempt > 1 ? `${run}, attempt ${attempt}` : run },
    continued && { label: 'Continued', value: continuedWords(continued, begin.run) },
    { label: 'Started', value: formatDate(startedAt) },
    { label: 'Took', value: formatSeconds(seconds) },
    from.commit !== undefined && {
      label: 'Commit',
      value: [from.commit, from.branch && `on ${from.branch}`, from.dirty && 'with changes'].filter(Boolean).join(' '),
    },
    from.diff && { label: 'Changes', value: `git diff, ${formatBytes(from.diff.bytes)}`, href: from.diff.path },
    from.lockfile && {
      label: 'Lockfile',
      value: `${from.lockfile.path}, sha256 ${from.lockfile.sha256.slice(0, 16)}…`,
    },
    from.node !== undefined && { label: 'Node', value: from.node },
    from.platform !== undefined && { label: 'Platform', value: from.platform },
    from.cpu !== undefined && { label: 'Processor', value: from.cpu },
    from.memoryBytes !== undefined && { label: 'Memory', value: formatBytes(from.memoryBytes) },
    ...(from.gpu ?? []).map(({ name, memoryMiB, driver }) => ({
      label: 'GPU',
      value: [name, memoryMiB && `${memoryMiB} MiB`, driver && `driver ${driver}`].filter(Boolean).join(', '),
    })),
    from.host && {
      label: 'Host',
      value: [from.host.id, from.host.type, from.host.market, from.host.region].filter(Boolean).join(' · '),
    },
    from.host?.usdPerHour !== undefined && {
      label: 'Cost',
      value: `$${((from.host.usdPerHour * seconds) / 3600).toFixed(4)} at $${from.host.usdPerHour} an hour`,
    },
    from.seed !== undefined && { label: 'Seed', value: String(from.seed) },
    ...Object.entries(meta).map(([label, value]) => ({ label, value: wordsOf(value) })),
  ]
  return found.filter((fact) => typeof fact === 'object')
}

/** `from step 25 of the run 2026-…`: what came before is not in this report. */
function continuedWords({ run, attempt, step }: Continued, here: string): string {
  const from = step === undefined ? 'from a checkpoint' : `from step ${step}`
  if (run === here) return `${from} of attempt ${attempt}`
  return attempt > 1 ? `${from} of the run ${run}, attempt ${attempt}` : `${from} of the run ${run}`
}

/** The parameters of an experiment with the values of this run. */
export function parametersOf({ begin }: Pick<NotebookDocument, 'begin'>): Fact[] {
  return Object.entries(begin.parameters?.values ?? {}).map(([label, value]) => ({ label, value: wordsOf(value) }))
}

/** A value in a line of text: strings as they are, pictures and files by their name, a dash for nothing. */
export function wordsOf(value: unknown): string {
  if (value === '') return '–'
  if (typeof value === 'string') return value
  if (typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string')
    return value.name
  return JSON.stringify(value) ?? String(value)
}
