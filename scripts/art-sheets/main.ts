/**
 * `npm run art-sheets`: paints the same tasks by our L-BFGS and by PyTorch's, and writes to `docs/art/` the pictures side by side with their
 * sources, the curves of the loss, and the table of both. `BENCH_PYTHON` names a Python that has torch, as for the bench.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readPicture } from '../../experiments/src/pictures/files.ts'
import { noise } from '../../experiments/src/pictures/noise.ts'
import type { Picture } from '../../experiments/src/pictures/picture.ts'
import { plotSvg } from '../../packages/reporter/src/render/plot/draw.ts'
import { race, type Run, type Task } from './race.ts'
import { toSheet } from './sheet.ts'

const ROOT = join(import.meta.dirname, '../..')
const TARGET = join(ROOT, 'docs/art')
const SIDE = 128
const EVALUATIONS = 100
/** Evaluations of which the table tells. */
const TOLD = [5, 10, 20, 50, 100]

interface Named {
  readonly title: string
  readonly task: Task
}

const painting = await readSquare('starry-night.jpg')
const photograph = await readSquare('astronaut.jpg')
const TASKS: readonly Named[] = [
  {
    title: 'Style transfer',
    task: {
      start: photograph,
      style: painting,
      content: { picture: photograph, weight: 0.05 },
      smoothness: 1e-5,
      evaluations: EVALUATIONS,
    },
  },
  {
    title: 'Texture synthesis',
    task: { start: noise(painting, { seed: 1 }), style: painting, smoothness: 1e-6, evaluations: EVALUATIONS },
  },
]

const rows: Picture[][] = []
const tables: string[] = []
for (const { title, task } of TASKS) {
  const runs = await race(task)
  rows.push([task.start, task.style, ...runs.map(({ canvas }) => canvas)])
  tables.push(toTable(title, runs))
  await writeFile(join(TARGET, `${title.toLowerCase().replace(' ', '-')}-curve.svg`), `${await toPlot(title, runs)}\n`)
}
await writeFile(join(TARGET, 'compared.jpg'), await toSheet(rows))
console.log(tables.join('\n\n'))

function readSquare(name: string): Promise<Picture> {
  return readPicture(join(ROOT, 'experiments/pictures', name), { size: { width: SIDE, height: SIDE } })
}

/** The lowest loss until each evaluation: an evaluation may be a try that its line search rejects. */
function lowest(losses: readonly number[]): number[] {
  let best = Infinity
  return losses.map((loss) => (best = Math.min(best, loss)))
}

async function toPlot(title: string, runs: readonly Run[]): Promise<string> {
  const names = runs.map(({ name }) => name)
  const points = runs.flatMap(({ name, losses }) =>
    lowest(losses).map((loss, i) => ({ evaluation: i + 1, [name]: loss })),
  )
  const spec = { title, x: 'evaluation', xLabel: 'evaluations of loss and gradient', y: names, yLabel: 'lowest loss' }
  return await plotSvg({ ...spec, scale: 'log' }, points, 'paper')
}

function toTable(title: string, runs: readonly Run[]): string {
  const cells = ({ losses }: Run) => {
    const best = lowest(losses)
    return TOLD.map((count) => best[count - 1]?.toPrecision(3) ?? 'ended').join(' | ')
  }
  return [
    `| ${title}, lowest loss after | ${TOLD.join(' | ')} |`,
    `|---|${TOLD.map(() => '---:|').join('')}`,
    ...runs.map((run) => `| ${run.name} | ${cells(run)} |`),
  ].join('\n')
}
