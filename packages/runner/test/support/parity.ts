import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { OwnedHost } from './owned-host.ts'
import { createProject, type ProjectOptions, type VitestOptions, type VitestRun } from './project.ts'

/** A small project and what is done with it, to be run by two pools. */
export interface Feature extends ProjectOptions {
  /** of `test` in the configuration, as source */
  config?: string
  /** command lines, one after the other; `vitest run` with nothing more by default */
  commands?: readonly (readonly string[])[]
  /** changes files between one command and the next */
  between?: Record<string, string>
  env?: Record<string, string>
  /** the files are committed to a repository of Git first */
  isRepository?: boolean
  /** what is measured differs from run to run: numbers are not compared */
  isMeasured?: boolean
}

/** What can be told from outside of how a run went. */
export interface Outcome {
  runs: { code: number | null; report: unknown; stdout: string; stderr: string }[]
  /** every file of the project, by path */
  disk: Record<string, string>
}

const AS_SOMEBODY = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.org']
const IGNORED = new Set(['node_modules', '.pool', '.cache', 'vitest.config.ts', 'report.json', '.git', '.vitest'])

/** Lays the project out anew, runs it by a pool with all files on hosts where it has any, and tells what came of it. */
export async function runFeature(feature: Feature, pool: 'forks' | 'ec2', host: OwnedHost): Promise<Outcome> {
  await using project = createProject({
    ...feature,
    files: { ...feature.files, 'vitest.config.ts': toConfig(feature.config ?? '') },
  })
  if (feature.isRepository) commitAll(project.root)
  const runs: Outcome['runs'] = []
  for (const command of feature.commands ?? [[]]) {
    if (runs.length > 0 && feature.between) project.write(feature.between)
    const [verb, rest] = command[0] === 'bench' ? [['bench', '--run'], command.slice(1)] : [['run'], command]
    const args = [
      ...verb,
      `--pool=${pool}`,
      '--reporter=default',
      '--reporter=json',
      '--outputFile.json=report.json',
      ...rest,
    ]
    const options: VitestOptions = { env: { ...feature.env, ...host.env } }
    const run = await project.vitest(args, options)
    runs.push({ code: run.code, ...toComparable(run, project.root, readIfThere(join(project.root, 'report.json'))) })
  }
  const outcome = { runs, disk: readTree(project.root) }
  return feature.isMeasured ? withoutNumbers(outcome) : outcome
}

function commitAll(root: string): void {
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    [...AS_SOMEBODY, 'commit', '-qm', 'all'],
  ]) {
    execFileSync('git', args, { cwd: root })
  }
}

/** Also without what is aligned to them, or drawn as long as they are. */
function withoutNumbers(outcome: Outcome): Outcome {
  const plain = (text: string) => text.replaceAll(/[-±]?\d[\d.,e+-]*%?/g, '<number>').replaceAll(/ +/g, ' ')
  return JSON.parse(JSON.stringify(outcome), (key, value: unknown) => {
    if (typeof value === 'number' && key !== 'code') return undefined
    return typeof value === 'string' ? plain(value) : value
  }) as Outcome
}

/** Without the advice about `isolate` that Vitest gives where a machine was slow. */
function toConfig(test: string): string {
  return `
import { defineConfig } from 'vitest/config'
import { ec2 } from 'vitest-pool-ec2'
export default defineConfig({
  plugins: [ec2({ files: 'all', sync: { exclude: ['.pool'] } })],
  test: { experimental: { diagnostics: { isolate: false } }, ${test} },
})
`
}

/** Without what differs from run to run of one pool: times, process ids, the folder, and our own lines. */
function toComparable(
  { stdout, stderr }: VitestRun,
  root: string,
  report: string,
): Omit<Outcome['runs'][number], 'code'> {
  const plain = (text: string) =>
    text
      .replaceAll(root, '<root>')
      .replaceAll(/\b\d+(\.\d+)?m?s\b/g, '<time>')
      .replaceAll(/^ EC2 .*\n(  .*\n)?/gm, '')
  const hasManyFiles = (report.match(/"assertionResults"/g) ?? []).length > 1
  const parsed: unknown =
    report &&
    JSON.parse(report.replaceAll(root, '<root>'), (key, value: unknown) => {
      if (typeof value === 'string') return withoutForeignFrames(value.split('\n')).join('\n')
      if (/^(startTime|endTime|duration|start)$/i.test(key)) return undefined
      return Array.isArray(value) && key === 'testResults'
        ? (value as { name: string }[]).toSorted((a, b) => (a.name < b.name ? -1 : 1))
        : value
    })
  const lines = (text: string) => {
    const kept = withoutForeignFrames(plain(text).split('\n'))
      .map((line) => line.trimEnd())
      .filter((line) => !/^\s*(Start at|Duration)\s/.test(line))
    // Files that run side by side, and reports that are written side by side, are told of in any order.
    return (hasManyFiles || text.includes('blob report') ? kept.toSorted() : kept).join('\n')
  }
  return { report: parsed, stdout: lines(stdout), stderr: lines(stderr) }
}

/** Frames of Vitest, Vite and Node: which they are is their own business. */
function withoutForeignFrames(lines: string[]): string[] {
  return lines.filter((line) => !/^\s*(❯|at) .*(node_modules\/|node:internal)/.test(line))
}

function readTree(root: string, folder: string = root, files: Record<string, string> = {}): Record<string, string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (folder === root && IGNORED.has(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) readTree(root, path, files)
    else files[relative(root, path)] = readFileSync(path, 'latin1').replaceAll(root, '<root>')
  }
  return files
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
