import { relative, resolve } from 'node:path'
import type {
  Reporter,
  SerializedError,
  TestModule,
  TestProject,
  TestRunEndReason,
  TestSpecification,
  Vitest,
} from 'vitest/node'
import { unknownParameters } from '../notebook/parameters.ts'
import { renderBrought } from './brought.ts'
import type { EarlierNotebook } from '../notebook/settings.ts'
import { secretsOf } from '../notebook/redact.ts'
import { LATEST } from '../run/folders.ts'
import { flagsOf, readGiven, runAgainCommand } from './given.ts'
import { resolveReporterOptions, type NotebookReporterOptions, type ResolvedReporterOptions } from './options.ts'
import { findProvenance, type RunProvenance } from './provenance.ts'
import { readAnswers } from './replay.ts'
import { readAskMs } from './ask.ts'
import { hasCheckpoint, readEarlier, withCheckpoints, type Earlier } from './resume.ts'
import { toRow } from './rows.ts'
import { toSlug } from '../run/slug.ts'
import { NotebookRun } from './notebook-run.ts'

/**
 * Vitest's reporter of notebooks: tells the workers where to write, follows what they write, and makes reports of it. It says
 * and leaves nothing in runs without a notebook.
 */
export class NotebookReporter implements Reporter {
  readonly #given: NotebookReporterOptions
  #options!: ResolvedReporterOptions
  #vitest!: Vitest
  #dir = ''
  #provenance: Promise<RunProvenance> | undefined
  #run: NotebookRun | undefined
  /** names of those that were given */
  #parameters: string[] = []
  /** files of earlier runs of which the reports are made */
  readonly #rendered = new Set<string>()

  /** @throws NotebookError `NOTEBOOK_OPTION` */
  constructor(options: NotebookReporterOptions = {}) {
    this.#given = options
    resolveReporterOptions(options)
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
    this.#options = resolveReporterOptions(this.#given)
    this.#dir = resolve(vitest.config.root, this.#options.dir)
    this.#provenance = findProvenance(vitest.config.root)
  }

  async onTestRunStart(specifications: readonly TestSpecification[]): Promise<void> {
    await this.#run?.end('interrupted', [])
    const found = await this.#provenance!
    const { given, pictures } = readGiven()
    const replayed = await readAnswers()
    const askMs = readAskMs()
    const earlier = await readEarlier(this.#dir)
    if (earlier && !hasCheckpoint(earlier))
      this.#vitest.logger.log(` Resume   There is no checkpoint in ${this.#options.dir}: begins at the beginning`)
    const argv = process.argv.slice(2)
    const run = new NotebookRun({
      dir: this.#dir,
      options: this.#options,
      command: runAgainCommand(argv, given),
      provenance: found,
      secrets: secretsOf(process.env, this.#options.redact),
      say: (line) => this.#vitest.logger.log(line),
    })
    this.#run = run
    const files = new Set(specifications.map(({ moduleId }) => moduleId)).size
    this.#parameters = Object.keys(given)
    for (const project of new Set(specifications.map((one) => one.project))) {
      const outputs = project.getProvidedContext().outputs ?? []
      project.provide('outputs', [...new Set([...outputs, this.#dir])])
      project.provide('notebook', {
        run: run.name,
        folder: run.folder,
        // Two projects may run one file: on two hosts, their notebooks would have one folder.
        ...(files < specifications.length && { subfolder: toSlug(project.name) }),
        sourceRoot: found.sourceRoot,
        project: project.name,
        given,
        isAlone: files === 1,
        pictures,
        ...replayed,
        ...(askMs !== undefined && { askMs }),
        earlier: await earlierOf(project, earlier),
        redact: this.#options.redact.map((one) =>
          typeof one === 'string' ? one : { source: one.source, flags: one.flags },
        ),
        interactive: this.#options.live !== false,
        rerun: {
          args: flagsOf(argv),
          root: relative(process.cwd(), project.config.root).replaceAll('\\', '/'),
        },
        provenance: found.provenance,
        ...(found.diff !== undefined && { diff: found.diff }),
      })
    }
  }

  async onTestModuleEnd(module: TestModule): Promise<void> {
    const paths = [...module.children.allTests()].flatMap((test) => test.meta().notebook?.path ?? [])
    for (const path of paths) {
      const entry = await this.#run?.ended(path)
      if (entry) this.#vitest.logger.log(toRow(entry, this.#run?.urlOf(path) ?? this.#show(path)))
    }
  }

  async onTestRunEnd(
    modules: readonly TestModule[],
    _errors: readonly SerializedError[],
    reason: TestRunEndReason,
  ): Promise<void> {
    const run = this.#run
    if (!run) return
    if (reason !== 'interrupted') this.#refuseUnknown(modules)
    const hosts = this.#vitest.projects.flatMap((project) => project.getProvidedContext().hosts ?? [])
    const isKept = await run.end(reason, hosts)
    await this.#renderBrought()
    if (!isKept) return
    const latest = this.#show(`../${LATEST}/index.html`)
    this.#vitest.logger.log(['\n Reports ', [latest, ...run.places].join(' · ')].join(' '))
    for (const problem of run.problems) this.#vitest.logger.log(`          ${problem}`)
    if (run.isFailed) process.exitCode = 1
  }

  /** Of one file, its tests say it before they begin; of several, it is known when all have been read. */
  #refuseUnknown(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const known = new Set(tests.flatMap((test) => Object.keys(test.meta().params ?? {})))
    const unknown = this.#parameters.filter((name) => !known.has(name))
    if (unknown.length === 0 || modules.length < 2) return
    this.#vitest.logger.log(`\n ${unknownParameters(unknown, 'this run', known).message}`)
    process.exitCode = 1
  }

  async #renderBrought(): Promise<void> {
    const all = this.#vitest.projects.flatMap((project) => project.getProvidedContext().brought ?? [])
    const brought = all.filter((path) => !this.#rendered.has(path))
    for (const path of brought) this.#rendered.add(path)
    const { pages, problems } = await renderBrought(this.#dir, brought, this.#options)
    for (const page of pages) this.#vitest.logger.log(` Earlier  ${relative(process.cwd(), page)}`)
    for (const problem of problems) this.#vitest.logger.log(`          ${problem}`)
  }

  /** A file of the run as somebody in the working directory opens it. */
  #show(path: string): string {
    return relative(process.cwd(), resolve(this.#run?.folder ?? this.#dir, path))
  }
}

/** What the workers of a project may go on with. Only Vitest's own pools are sure to see this disk. */
async function earlierOf(
  { name, config }: TestProject,
  earlier: Earlier = new Map(),
): Promise<Record<string, EarlierNotebook[]>> {
  const isHere = LOCAL_POOLS.has(config.pool as string)
  const found: Record<string, EarlierNotebook[]> = {}
  for (const [key, notebooks] of earlier) {
    if (!key.startsWith(`${name} > `)) continue
    found[key] = isHere ? notebooks : await withCheckpoints(notebooks)
  }
  return found
}

const LOCAL_POOLS: ReadonlySet<string> = new Set(['forks', 'threads', 'vmForks', 'vmThreads'])
