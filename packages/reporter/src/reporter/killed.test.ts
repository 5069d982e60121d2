import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { createProject } from '../../test/project.ts'
import { createRandom } from '../../test/random.ts'

/** `NOTEBOOK_KILL_ROUNDS=100` for a thorough test. */
const KILLS = Number(process.env['NOTEBOOK_KILL_ROUNDS'] ?? 3)
const VICTIMS = ['worker', 'run', 'both'] as const
const ENDLESS = `import { appendFileSync } from 'node:fs'
import { test } from 'vitest-notebook'
const say = (what) => appendFileSync('said.log', what + '\\n')
test('Endless', async ({ notebook }) => {
  say(String(process.pid))
  for (let step = 0; ; step++) {
    notebook.md('prose ' + step + '.')
    say('prose ' + step + '.')
    await notebook.code('code ' + step + '.', async () => {
      console.log('printed ' + step + '.')
      say('printed ' + step + '.')
      await new Promise((resolve) => setTimeout(resolve, step % 20))
    })
    say('code ' + step + '.')
  }
})`

it(
  'a run of which the worker, the run itself or both are killed at any moment leaves every report, with all that calls returned for',
  { timeout: 60_000 + KILLS * 60_000 },
  async () => {
    const random = createRandom(Date.now())
    for (let kill = 0; kill < KILLS; kill++) {
      const victim = VICTIMS[kill % VICTIMS.length]!
      const formats = ['html', 'md', 'pdf']
      using project = createProject({ 'endless.experiment.ts': ENDLESS }, { formats })
      const { child, ended } = project.start()
      const said = () => {
        const path = join(project.root, 'said.log')
        return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []
      }
      await vi.waitFor(() => expect(said().length).toBeGreaterThan(1), 30_000)
      await vi.waitFor(() => expect(project.record().notebooks).toHaveLength(1), 30_000)
      await delay(random.below(400))
      const worker = Number(said()[0])
      if (victim !== 'worker') child.kill('SIGKILL')
      if (victim !== 'run') process.kill(worker, 'SIGKILL')
      await ended
      await vi.waitFor(() => expect(() => process.kill(worker, 0)).toThrow('ESRCH'), 30_000)
      const run = join(project.root, 'reports', project.runs()[0]!)
      const made = victim === 'worker' ? { code: 0 } : await project.notebook(['render', run])
      expect(made).toMatchObject({ code: 0 })

      const [, ...words] = said()
      const { cells } = await project.read('endless.experiment.ts/endless')
      const report = (name: string) => readFileSync(join(run, 'endless.experiment.ts/endless', name))
      for (const name of ['index.html', 'report.md']) {
        const text = report(name).toString()
        expect([victim, name, words.filter((word) => !text.includes(word))]).toEqual([victim, name, []])
      }
      expect(report('report.pdf').subarray(0, 5).toString()).toBe('%PDF-')
      const last = cells.findLast(({ content }) => content.kind === 'code')
      const inFlight = last?.content.kind === 'code' && !last.end ? last.content.title : undefined
      expect(project.record().notebooks).toMatchObject([{ status: 'killed', ...(inFlight && { inFlight }) }])
      expect(readFileSync(join(run, 'index.md'), 'utf8')).toContain(
        inFlight ? `It was at work on *${inFlight}*.` : 'killed',
      )
    }
  },
)
