/**
 * `npm run bench [-- NAME…]`: measures against a named peer in the same run, prints the tables, and writes them to
 * `bench/results.md`: a bench that was not run keeps the section it had. One that lacks something on this machine is left out, and said so.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Bench } from './measure.ts'
import { toSection } from './table.ts'

const BENCHES: Record<string, () => Promise<{ default: Bench }>> = {
  art: () => import('./art.bench.ts'),
  journal: () => import('./journal.bench.ts'),
  logging: () => import('./logging.bench.ts'),
  film: () => import('./film.bench.ts'),
  leave: () => import('./leave.bench.ts'),
  live: () => import('./pages/live.bench.ts'),
  open: () => import('./pages/open.bench.ts'),
  compare: () => import('./pages/compare.bench.ts'),
  pdf: () => import('./pdf.bench.ts'),
  forks: () => import('./forks.bench.ts'),
  modules: () => import('./modules.bench.ts'),
  wait: () => import('./wait.bench.ts'),
  pipe: () => import('./pipe.bench.ts'),
  sync: () => import('./sync.bench.ts'),
  fleet: () => import('./fleet.bench.ts'),
}
const FILE = join(import.meta.dirname, 'results.md')

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(BENCHES)
const unknown = names.filter((name) => !(name in BENCHES))
if (unknown.length > 0) {
  console.error(`No bench is called ${unknown.join(', ')}. There are: ${Object.keys(BENCHES).join(', ')}`)
  process.exit(2)
}
const leftOut: string[] = []
const sections = readSections(await readFile(FILE, 'utf8').catch(() => ''))
for (const name of names) {
  const { default: bench } = await BENCHES[name]!()
  const missing = await bench.missing?.()
  if (missing) {
    leftOut.push(`${name}: ${missing}`)
    continue
  }
  const section = await toSection(bench, (line) => console.log(line))
  sections.set(name, section)
  await writeFile(FILE, toFile(sections))
}
for (const line of leftOut) console.error(`\nLeft out ${line}`)
// Who asks for a bench by its name wants its figures.
if (leftOut.length > 0 && process.argv.length > 2) process.exitCode = 1

function toFile(sections: Map<string, string>): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() || 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`
  const intro = `# Results\n\nWritten by \`npm run bench\` on ${machine}. Ratios are ours divided by the peer's, both measured in turn in one run; below 1 ours is faster.\n`
  const parts = Object.keys(BENCHES).flatMap((name) => {
    const section = sections.get(name)
    return section ? [`<!-- ${name} -->\n${section.trim()}\n`] : []
  })
  return [intro, ...parts].join('\n')
}

function readSections(text: string): Map<string, string> {
  const parts = text.split(/^<!-- ([\w-]+) -->$/m).slice(1)
  return new Map(parts.flatMap((name, index) => (index % 2 === 0 ? [[name, parts[index + 1] ?? ''] as const] : [])))
}
