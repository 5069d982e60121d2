import type { SavePlace } from '../wire/protocol.ts'
import { putRecord, type FileOutcome, type LostWork, type RunRecord, type SaveStore } from '../wire/run-record.ts'
import { BUSY_MS, type Clocks } from './clocks.ts'
import { ConsoleWriter } from './console-writer.ts'
import { saveFiles } from './file-saver.ts'
import { persist } from './persist.ts'
import { createRoleStore } from './role-store.ts'
import type { View } from './view.ts'
import type { WorkerRelay } from './worker-relay.ts'

const LOOK_MS = 1000
const SIGN_EVERY_MS = 15_000
const SAVE_EVERY_MS = 60_000
/** How long before the end of the host's life, or of the time it may go on, its results are saved (ms); less of a short life. */
const LAST_MS = 2 * 60_000
/** A worker that was done just before its client was heard last may have told so in vain. */
const SLACK_MS = 5000
/** The name under which the clocks know that there is work: it goes on until the results are saved. */
const WORK = 'unattended'

export interface UnattendedOptions {
  place: SavePlace
  clocks: Pick<Clocks, 'workerStarted' | 'workerEnded'>
  /** when the client was heard last, by this host's clock and by its own (ms since 1970) */
  heard: () => { here: number; there: number }
  workers: () => WorkerRelay[]
  views: () => Promise<View[]>
  /** ends the host */
  end: () => Promise<void>
}

/**
 * Sees to it that nothing is lost when the client is: its workers go on, what they write is saved in the bucket, and when
 * they are done the host ends. A client that comes back finds everything as it left it.
 */
export class Unattended {
  readonly #options: UnattendedOptions
  readonly #store: SaveStore
  readonly #timer: NodeJS.Timeout
  #telling: Promise<void> = Promise.resolve()
  #record: RunRecord | undefined
  #console: ConsoleWriter | undefined
  #timers: NodeJS.Timeout[] = []
  #isEnding = false

  constructor(options: UnattendedOptions) {
    this.#options = options
    this.#store = createRoleStore(options.place)
    this.#timer = setInterval(() => this.#look(), LOOK_MS)
  }

  /** AWS takes the instance back. */
  async takenBack(at: Date): Promise<void> {
    if (this.#record) await this.#finish(`AWS takes the spot instance back at ${at.toISOString()}`)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#rest()
  }

  #look(): void {
    const { place, heard, workers } = this.#options
    const { here } = heard()
    if (this.#record) {
      if (here > this.#record.startedAt) this.#welcome()
      else if (!workers().some(({ isAtWork }) => isAtWork)) void this.#finish()
      else if (Date.now() >= this.#deadline()) void this.#finish(this.#whyOver())
    } else if (Date.now() - here >= place.graceMs) {
      const workedAt = Math.max(0, ...workers().map((worker) => worker.workedAt))
      if (workedAt >= here - SLACK_MS) this.#begin()
    }
  }

  #begin(): void {
    const { place, clocks, workers } = this.#options
    clocks.workerStarted(WORK)
    const output = new ConsoleWriter(this.#store, place.run.id)
    this.#console = output
    for (const worker of workers()) worker.leaveAlone((printed) => void output.write(printed))
    const now = Date.now()
    this.#record = { ...place.run, startedAt: now, heardAt: now, state: 'running' }
    void this.#tell({})
    void this.#save().catch(() => {})
    this.#timers = [
      setInterval(() => void this.#tell({}), SIGN_EVERY_MS),
      setInterval(() => void this.#save().catch(() => {}), SAVE_EVERY_MS), // again a minute later
    ]
  }

  /** The client is back, and is told everything by its streams. */
  #welcome(): void {
    this.#rest()
    void this.#tell({ state: 'returned' })
    this.#record = undefined
  }

  async #finish(problem?: string): Promise<void> {
    if (this.#isEnding) return
    this.#isEnding = true
    clearInterval(this.#timer)
    for (const timer of this.#timers) clearInterval(timer)
    const problems = problem === undefined ? [] : [problem]
    for (const save of [() => this.#save(), async () => this.#console?.close()]) {
      await persist(save).catch((error: Error) => problems.push(`Not everything was saved: ${error.message}`))
    }
    const isGood = problems.length === 0 && Object.values(this.#files()).every((outcome) => outcome === 'passed')
    await persist(() =>
      this.#tell({
        state: 'ended',
        endedAt: Date.now(),
        exitCode: isGood ? 0 : 1,
        ...(problems.length > 0 && { problem: problems.join('; ') }),
      }),
    ).catch(() => {})
    await this.#options.end()
  }

  #rest(): void {
    const { clocks, workers } = this.#options
    for (const timer of this.#timers) clearInterval(timer)
    for (const worker of workers()) worker.rejoin()
    void this.#console?.close().catch(() => {}) // the client is told all of it
    clocks.workerEnded(WORK)
  }

  async #save(): Promise<void> {
    const { place, views } = this.#options
    const saving = (await views()).map((view) => () => view.call('save', place))
    await saveFiles(this.#store, place.run.id, saving)
  }

  /** One after the other, so that the last word stays. */
  async #tell(change: Partial<RunRecord>): Promise<void> {
    const before = this.#record
    const lost = this.#describe()
    if (!before) return
    const record = { ...before, heardAt: Date.now(), ...change, lost }
    const told = this.#telling.then(() => putRecord(this.#store, record))
    this.#telling = told.catch(() => {})
    if (change.state === 'ended') await told
  }

  #describe(): LostWork {
    return { at: this.#options.heard().there, files: this.#files() }
  }

  #files(): Record<string, FileOutcome> {
    return Object.assign({}, ...this.#options.workers().map(({ report }) => report.files)) as LostWork['files']
  }

  #deadline(): number {
    const { place, heard } = this.#options
    const { expiresAt, instance } = place.run
    const lastMs = Math.min(LAST_MS, (expiresAt - instance.launchedAt) / 5)
    return Math.min(expiresAt, heard().here + BUSY_MS) - lastMs
  }

  #whyOver(): string {
    const { place, heard } = this.#options
    return heard().here + BUSY_MS < place.run.expiresAt
      ? 'Nobody came back for it within an hour'
      : 'The host was at the end of its life (`maxAge`, or the budget)'
  }
}
