import { dirname } from 'node:path'
import { inject, test as base, type TestContext, type TestOptions } from 'vitest'
import { replayedFor } from './begin.ts'
import type { Params, Values } from './fields.ts'
import { openWith } from './open.ts'
import { refuseUnknown, resolveParameters } from './parameters.ts'
import type { Notebook } from './types.ts'

/** An experiment takes minutes where a test takes milliseconds; one that hangs has to end some time (ms). */
const TIMEOUT = 3_600_000

/** What an experiment gets: Vitest's own context, its notebook, and the values of its parameters. */
export type ExperimentContext<P extends Params> = TestContext & {
  readonly notebook: Notebook
  readonly params: Values<P>
}
/** Vitest's options of a test, and the parameters: name -> default, or a field such as `picture('./earth.jpg')`. */
export type ExperimentOptions<P extends Params> = TestOptions & { params: P }
type NoParams = Record<never, never>

// `params` is inferred from the options, so the overload that has it comes first.
interface Call {
  <const P extends Params>(
    name: string,
    options: ExperimentOptions<P>,
    fn: (context: ExperimentContext<P>) => unknown,
  ): void
  (
    name: string,
    options: TestOptions & { params?: undefined },
    fn: (context: ExperimentContext<NoParams>) => unknown,
  ): void
  (name: string, fn: (context: ExperimentContext<NoParams>) => unknown, timeout?: number): void
}

interface CallForRow<T> {
  <const P extends Params>(
    name: string,
    options: ExperimentOptions<P>,
    fn: (row: T, context: ExperimentContext<P>) => unknown,
  ): void
  (name: string, fn: (row: T, context: ExperimentContext<NoParams>) => unknown, timeout?: number): void
}

/** Vitest's `test` with a notebook and parameters. */
export interface ExperimentTest extends Call {
  readonly only: ExperimentTest
  readonly skip: ExperimentTest
  readonly todo: ExperimentTest
  readonly fails: ExperimentTest
  readonly concurrent: ExperimentTest
  readonly sequential: ExperimentTest
  skipIf(condition: unknown): ExperimentTest
  runIf(condition: unknown): ExperimentTest
  for<const T>(rows: readonly T[]): CallForRow<T>
}

/** Notebooks that were opened so that somebody could set the parameters, by the values these got. */
const opened = new WeakMap<object, Notebook>()

const withFixtures = base
  .extend('params', async ({ task, signal, onTestFinished }) => {
    const settings = inject('notebook')
    const params = task.meta.params ?? {}
    if (settings) refuseUnknown(task.file, settings)
    const resolved = await resolveParameters(
      params,
      settings,
      dirname(task.file.filepath),
      settings && replayedFor(task, settings),
    )
    if (settings?.askMs === undefined) return resolved
    const { notebook, values } = await openWith({ task, signal, onTestFinished }, params, resolved)
    opened.set(values, notebook)
    return values
  })
  .extend(
    'notebook',
    async ({ params, task, signal, onTestFinished }) =>
      opened.get(params) ?? (await openWith({ task, signal, onTestFinished }, task.meta.params ?? {}, params)).notebook,
  )

/**
 * Vitest's `test` whose function gets `{ notebook, params }` besides everything else, with an hour's time-out unless another
 * is given. `params` in the options names the parameters with their defaults; they can be set from the command line.
 */
export const test: ExperimentTest = accepting(withFixtures) as unknown as ExperimentTest

/**
 * Moves `params` to the test's `meta`, at any depth of `test.only.skipIf(…).for(…)`. The function is passed on untouched: Vitest
 * reads its source for the fixtures it names.
 */
function accepting<F extends (...args: never[]) => unknown>(target: F): F {
  return new Proxy(target, {
    apply(called, self, args: unknown[]) {
      return wrap(Reflect.apply(called, self, typeof args[0] === 'string' ? toVitestCall(args) : args))
    },
    get: (object, key) => wrap(Reflect.get(object, key)),
  })
}

function wrap(value: unknown): unknown {
  return typeof value === 'function' ? accepting(value as (...args: never[]) => unknown) : value
}

function toVitestCall([name, ...rest]: unknown[]): unknown[] {
  const fn = rest.find((one) => typeof one === 'function')
  const given = rest.find((one) => typeof one === 'object' && one !== null) as
    | Partial<ExperimentOptions<Params>>
    | undefined
  const last = rest.at(-1)
  const { params, ...options } = given ?? {}
  const timeout = options.timeout ?? (typeof last === 'number' ? last : TIMEOUT)
  const meta = params === undefined ? options.meta : { ...options.meta, params }
  return [name, { ...options, timeout, ...(meta && { meta }) }, ...(fn ? [fn] : [])]
}
