import { moduleKey, type ToFunctionWorker } from '../wire/functions.ts'

/** As much of Vite's module runner as is used here; the client sends its text along with the modules. */
interface Runner {
  import(url: string): Promise<{ default: (captures: unknown[]) => (...args: unknown[]) => unknown }>
  clearCache(): void
}
interface RunnerModule {
  ModuleRunner: new (options: object, evaluator: object) => Runner
  ESModulesEvaluator: new () => object
}

/** Modules that the client transformed and sent, run by Vite's own runner: each once, and with mapped stacks. */
export interface FunctionModules {
  add(message: ToFunctionWorker & { type: 'modules' }): void
  /** the lambda of a module that was sent, bound to what it captures */
  load(url: string, captures: unknown[]): Promise<(...args: unknown[]) => unknown>
}

export function createFunctionModules(): FunctionModules {
  const known = new Map<string, unknown>()
  let runner: Promise<Runner> | undefined

  return {
    add({ runner: source, modules, isFresh }) {
      for (const [key, module] of Object.entries(modules)) known.set(key, module)
      if (source !== undefined) runner ??= open(source)
      else if (isFresh) runner = runner?.then((old) => (old.clearCache(), old))
      runner?.catch(() => {}) // told to whoever calls
    },
    async load(url, captures) {
      const module = await (await runner)?.import(url)
      if (!module) throw new Error(`This is a bug: the modules of ${url} were not sent`)
      return module.default(captures)
    },
  }

  async function open(source: string): Promise<Runner> {
    const url = `data:text/javascript;base64,${Buffer.from(source).toString('base64')}`
    const { ModuleRunner, ESModulesEvaluator } = (await import(url)) as RunnerModule
    return new ModuleRunner({ transport: { invoke }, hmr: false }, new ESModulesEvaluator())
  }

  async function invoke({ data }: { data: { name: string; data: unknown[] } }): Promise<object> {
    const [url, importer] = data.data as [string, string | undefined]
    if (data.name !== 'fetchModule') return { result: [] } // what is built in: Node knows
    const module = known.get(moduleKey(url, importer)) ?? known.get(moduleKey(url, undefined))
    if (module !== undefined) return { result: module }
    return { error: new Error(`\`${url}\` is imported by a name that is known only when it runs, and was not sent`) }
  }
}
