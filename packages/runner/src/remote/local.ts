import { connectLocal } from '../local/connect-local.ts'
import { copyHere } from '../transfer/copy-here.ts'
import { createHost, type Functions } from './create-host.ts'
import { FunctionRunner } from './function-runner.ts'
import type { Host } from './host.ts'
import { openLine } from './line.ts'
import { spawnLocalWorker } from './local-worker.ts'
import { toTravelling } from './to-call.ts'

/** This machine as a host: the same code runs here. Functions run in a process of their own. */
export function local(): Host {
  return createHost({
    id: 'this machine',
    description: `${process.platform} ${process.arch}`,
    line: openLine(async () => connectLocal()),
    functions: createLocalFunctions(),
    put: copyHere,
    get: copyHere,
    leave: async () => {},
  })
}

function createLocalFunctions(): Functions {
  let runner: FunctionRunner | undefined
  return {
    async run(fn, args) {
      const travelling = await toTravelling(fn, args)
      runner ??= start()
      return await runner.call(travelling, args)
    },
    async close() {
      await runner?.worker.stop()
    },
  }

  function start(): FunctionRunner {
    const started = new FunctionRunner(spawnLocalWorker({}, {}))
    void started.worker.closed.then(() => (runner = undefined))
    return started
  }
}
