import type { NotebookStatus } from '../journal/document.ts'

export const STATUS_WORDS: Record<NotebookStatus, string> = {
  running: 'running',
  passed: 'passed',
  failed: 'failed',
  cancelled: 'cancelled',
  killed: 'killed',
}
