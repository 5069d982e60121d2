import type { NotebookEntry, RunRecord } from '../src/run/record.ts'

/** The record of a run with notebooks that ended in every way; `name` goes into every field that takes text. */
export function sampleRun(thumbnail?: string, name?: string): RunRecord {
  const notebook = (
    title: string,
    status: NotebookEntry['status'],
    more: Partial<NotebookEntry> = {},
  ): NotebookEntry => ({
    path: `experiments/${name ?? title.toLowerCase().replaceAll(' ', '-')}`,
    title: name ?? title,
    file: name ?? 'experiments/dream.experiment.ts',
    test: [name ?? title],
    project: name ?? 'experiments',
    attempt: 1,
    status,
    seconds: 252.4,
    cells: 14,
    images: 22,
    files: { html: 'index.html', md: 'report.md', pdf: 'report.pdf' },
    ...(thumbnail === undefined ? {} : { thumbnail }),
    ...more,
  })
  return {
    version: 1,
    run: name ?? '2026-11-24T14-30-05Z-k3x9',
    status: 'failed',
    startedAt: Date.UTC(2026, 10, 24, 14, 30, 5),
    endedAt: Date.UTC(2026, 10, 24, 14, 38, 45),
    command: name ?? 'npx vitest run --pool=ec2 --project experiments',
    commit: name ?? '69dae914bd0c8d1f0a6a4c2be0b6fa0c3e1d2f3a',
    dirty: true,
    hosts: [
      {
        id: name ?? 'i-0abc12345',
        description: name ?? 'g4dn.xlarge in us-east-1b',
        market: 'spot',
        seconds: 363,
        usd: 0.0201,
      },
      { id: 'i-0def67890', description: 'g4dn.xlarge in us-east-1c', market: 'on-demand', seconds: 120, usd: 0.0175 },
    ],
    notebooks: [
      notebook('Deep Dream', 'passed'),
      notebook('Style Transfer', 'failed', { error: name ?? 'AssertionError: expected 0.21 to be less than 0.2' }),
      notebook('Texture Synthesis', 'killed', {
        attempt: 2,
        inFlight: name ?? 'Upscale',
        files: { html: 'index.html' },
      }),
      notebook('Kaleidoscope', 'running', { seconds: 12, images: 1, cells: 1, files: {} }),
    ],
    problems: [name ?? 'PDF of “Style Transfer” could not be written: no space left on the disk'],
  }
}
