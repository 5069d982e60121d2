import { expect, it } from 'vitest'
import { createProgress } from './entry-vitest-progress.ts'
import type { WorkerReport } from './worker-channel.ts'

it('knows of each file how it ended, and when nothing runs any more', () => {
  const reports: WorkerReport[] = []
  const progress = createProgress((report) => reports.push(structuredClone(report)))
  const paths = ['/a.test.ts', '/b.test.ts', '/c.test.ts', '/d.test.ts']
  progress.toVitest({ type: 'start' })
  progress.toVitest({ type: 'run', context: { files: paths.map((filepath) => ({ filepath })) } })
  expect(reports).toEqual([{ files: Object.fromEntries(paths.map((path) => [path, 'unfinished'])), isAtWork: true }])

  tell('onCollected', [[{ id: '1', filepath: '/a.test.ts' }]])
  tell('onTaskUpdate', [[['1_0', { state: 'pass' }]], [['1_0', 'test-finished']]])
  tell('onTaskUpdate', [[['1', { state: 'pass' }]], [['1', 'suite-finished']]])
  tell('onCollected', [[{ id: '2', filepath: '/b.test.ts' }]])
  tell('onTaskUpdate', [[['2', { state: 'fail' }]], [['2', 'suite-finished']]])
  tell('onCollected', [[{ id: '3', filepath: '/c.test.ts', result: { state: 'fail' } }]])
  progress.fromVitest({ type: 'testfileFinished', __vitest_worker_response__: true })
  expect(reports.at(-1)).toEqual({
    files: { '/a.test.ts': 'passed', '/b.test.ts': 'failed', '/c.test.ts': 'failed', '/d.test.ts': 'unfinished' },
    isAtWork: false,
  })

  function tell(m: string, a: unknown[]): void {
    progress.fromVitest({ t: 'q', m, a })
  }
})
