import { mkdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { TestRunEndReason } from 'vitest/node'
import { FolderStore } from '../archive/folder-store.ts'
import { addToIndex } from '../archive/runs-index.ts'
import type { LiveServer } from '../live/server.ts'
import { redactText, type Secrets } from '../notebook/redact.ts'
import { writeRunFiles } from '../render/run-files.ts'
import { linkLatest, nameRun, pruneRuns } from '../run/folders.ts'
import { RUN_VERSION, type HostCost, type NotebookEntry, type RunRecord } from '../run/record.ts'
import { announceRun, deliverRun, type Delivery } from './deliver.ts'
import { onEarlyExit } from './last-words.ts'
import { Notebooks } from './notebooks.ts'
import type { ResolvedReporterOptions } from './options.ts'
import type { RunProvenance } from './provenance.ts'
import { Recorder } from './recorder.ts'

export interface NotebookRunOptions {
  /** folder of all runs, absolute */
  dir: string
  options: ResolvedReporterOptions
  command: string
  provenance: RunProvenance
  secrets: Secrets
  say: (line: string) => void
}

/** How long the last events of a test may take from a host to this disk (ms). */
const ARRIVAL_MS = 5000

/** An index takes a run for killed when it has heard nothing of it for three times that long (ms). */
const HEARTBEAT_MS = 300_000

/** One run of tests, as far as notebooks go: from its name to its reports. */
export class NotebookRun {
  readonly name: string = nameRun()
  readonly folder: string
  /** where else the reports are, for people */
  readonly places: string[] = []
  readonly problems: string[] = []
  /** something that the user called required did not work */
  isFailed = false
  readonly #options: NotebookRunOptions
  readonly #recorder: Recorder
  readonly #notebooks: Notebooks
  readonly #ended = new Map<string, PromiseWithResolvers<void>>()
  readonly #asking = new Map<string, string | undefined>()
  readonly #forgetExit: () => void
  #live: Promise<LiveServer | undefined> | undefined
  #server: LiveServer | undefined
  #announced: Promise<void> | undefined
  #heartbeat: NodeJS.Timeout | undefined
  #isOver = false

  constructor(options: NotebookRunOptions) {
    this.#options = options
    this.folder = join(options.dir, this.name)
    this.#recorder = new Recorder(this.folder, this.#toRecord())
    this.#notebooks = new Notebooks({
      folder: this.folder,
      formats: options.options.formats,
      singleFile: options.options.singleFile,
      onChange: (entry) => this.#changed(entry),
      onProblem: (sentence) => this.problems.push(sentence),
    })
    this.#forgetExit = onEarlyExit(this.#recorder, options.options)
  }

  /** The notebook, when its last event has arrived here. */
  async ended(path: string): Promise<NotebookEntry | undefined> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ARRIVAL_MS)
    })
    await Promise.race([this.#endOf(path).promise, late])
    clearTimeout(timer)
    return this.#recorder.record.notebooks.find((entry) => entry.path === path)
  }

  /** Its page while the run goes on. */
  urlOf(path: string): string | undefined {
    return this.#isOver ? undefined : this.#server?.urlOf(path)
  }

  /** @returns whether there was any notebook */
  async end(reason: TestRunEndReason, hosts: readonly HostCost[]): Promise<boolean> {
    if (this.#isOver) return false
    this.#isOver = true
    await this.#notebooks.close()
    this.#forgetExit()
    const { record } = this.#recorder
    record.status = reason === 'interrupted' ? 'cancelled' : reason
    record.endedAt = Date.now()
    if (hosts.length > 0) record.hosts = [...hosts]
    if (this.problems.length > 0) record.problems = this.problems
    const isKept = !this.#recorder.isEmpty
    if (isKept)
      await this.#finish().catch((error: Error) =>
        this.problems.push(`The run ${this.folder} could not be completed: ${error.message}`),
      )
    await (await this.#live)?.close()
    return isKept
  }

  async #finish(): Promise<void> {
    const { dir, options } = this.#options
    const { record } = this.#recorder
    await this.#recorder.write()
    await writeRunFiles(this.folder, record)
    linkLatest(dir, this.name)
    const gone = pruneRuns(dir, options.keepRuns)
    await addToIndex(new FolderStore(dir), record, gone).catch((error: Error) => this.problems.push(error.message))
    clearTimeout(this.#heartbeat)
    await this.#announced
    this.#told(await deliverRun(this.folder, record, options))
  }

  #told({ places, problems, isFailed }: Delivery): void {
    this.places.push(...places)
    this.problems.push(...problems.filter((problem) => !this.problems.includes(problem)))
    this.isFailed ||= isFailed
  }

  #changed(entry: NotebookEntry): void {
    this.#recorder.put(entry)
    if (entry.status !== 'running') this.#endOf(entry.path).resolve()
    this.#live ??= this.#startLive()
    this.#announced ??= this.#announce(true)
    void this.#tellOfQuestion(entry)
  }

  /** An experiment that waits for somebody says so where they look. */
  async #tellOfQuestion({ path, title, asks }: NotebookEntry): Promise<void> {
    const before = this.#asking.get(path)
    this.#asking.set(path, asks)
    if (asks === undefined || asks === before) return
    await this.#live
    const url = this.urlOf(path)
    if (url !== undefined) this.#options.say(` Asks     ${title}: ${asks}  ${url}`)
  }

  /** The run stands in the indexes while it goes on, and says from time to time that it does. */
  async #announce(isFirst: boolean): Promise<void> {
    const { dir, options } = this.#options
    const record = structuredClone(this.#recorder.record)
    await addToIndex(new FolderStore(dir), record).catch((error: Error) => this.problems.push(error.message))
    const { places, problems } = await announceRun(this.folder, record, options, isFirst)
    this.#told({ places, problems: isFirst ? problems : [], isFailed: false })
    if (this.#isOver) return
    const again = () => (this.#announced = this.#announce(false))
    this.#heartbeat = setTimeout(() => void again(), HEARTBEAT_MS).unref()
  }

  async #startLive(): Promise<LiveServer | undefined> {
    const { dir, options, say } = this.#options
    linkLatest(dir, this.name)
    if (options.live === false) return undefined
    try {
      await mkdir(this.folder, { recursive: true })
      await this.#recorder.write()
      // With all that draws pages, which a run without a live page has no use for.
      const { startLiveServer } = await import('../live/server.ts')
      this.#server = await startLiveServer({ dir, run: this.name, ...options.live })
      say(` Live     ${this.#server.url}`)
      return this.#server
    } catch (error) {
      this.problems.push((error as Error).message)
      return undefined
    }
  }

  #endOf(path: string): PromiseWithResolvers<void> {
    let end = this.#ended.get(path)
    if (!end) this.#ended.set(path, (end = Promise.withResolvers<void>()))
    return end
  }

  #toRecord(): RunRecord {
    const { command, provenance, secrets } = this.#options
    const { commit, branch, repository, dirty } = provenance.provenance
    return {
      version: RUN_VERSION,
      run: this.name,
      status: 'running',
      startedAt: Date.now(),
      command: redactText(command, secrets),
      ...(commit !== undefined && { commit }),
      ...(branch !== undefined && { branch }),
      ...(repository !== undefined && { repository }),
      ...(dirty !== undefined && { dirty }),
      process: { pid: process.pid, hostname: hostname() },
      notebooks: [],
    }
  }
}
