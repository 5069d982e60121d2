import type { Provenance, SourceLocation } from '../journal/schema.ts'

/** The page of a source location at the run's commit, where the repository has one. */
export function sourceUrl(
  { file, line, endLine }: Pick<SourceLocation, 'file' | 'line'> & { endLine?: number },
  { repository, commit }: Provenance,
): string | undefined {
  if (repository === undefined || commit === undefined || !/^https?:\/\//.test(repository)) return undefined
  const path = file.split('/').map(encodeURIComponent).join('/')
  const lines = endLine !== undefined && endLine > line ? `#L${line}-L${endLine}` : `#L${line}`
  return `${repository.replace(/\/$/, '')}/blob/${encodeURIComponent(commit)}/${path}${lines}`
}
